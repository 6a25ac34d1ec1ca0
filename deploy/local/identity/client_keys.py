"""The keys that confidential clients prove themselves by: the client keeps the private half, the provider the public."""

import json
import secrets
import time
from pathlib import Path
from typing import Any, cast

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, KeySetSerialization

from deploy.local.identity.passwords import read_or_make

ASSERTION_LIFE = 60
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def make_client_key(private: Path, key_set: Path) -> None:
    """The client has a key, and its public half is registered; what exists is kept, other registered keys too."""
    public = private_key(private).as_dict(private=False)
    known = _registered(key_set)
    if any(key.get("kid") == public["kid"] for key in known):
        return
    key_set.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = key_set.with_name(f".{key_set.name}.{secrets.token_hex(8)}")
    draft.write_text(json.dumps({"keys": [*known, public]}, indent=2), encoding="ascii")
    draft.replace(key_set)


def private_key(path: Path) -> ECKey:
    """The client's own key, made at the first call, the same ever after."""
    return ECKey.import_key(json.loads(read_or_make(path, _fresh)))


def public_keys(key_set: Path) -> KeySet:
    """What is registered now: a key added to the file counts at once, and so does one taken out."""
    return KeySet.import_key_set(cast("KeySetSerialization", {"keys": _registered(key_set)}))


def assertion(key: ECKey, *, client_id: str, audience: str) -> dict[str, str]:
    """What a client sends instead of a secret (RFC 7523), good for one request."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": now,
        "exp": now + ASSERTION_LIFE,
        "jti": secrets.token_urlsafe(16),
    }
    signed = jwt.encode({"alg": "ES256", "kid": str(key.kid)}, claims, key, algorithms=["ES256"])
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}


def _registered(key_set: Path) -> list[dict[str, Any]]:
    if not key_set.exists():
        return []
    keys: list[dict[str, Any]] = json.loads(key_set.read_text(encoding="ascii"))["keys"]
    return keys


def _fresh() -> str:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return json.dumps(key.as_dict(private=True))
