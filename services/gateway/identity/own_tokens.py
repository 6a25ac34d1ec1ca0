"""Access tokens of our own, for systems that are registered here: issued for minutes, verified like everybody else's.

A token by which a system acts on behalf of a user has the shape of RFC 8693: `sub` is the user, `act` the system.
"""

import json
import time
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from services.gateway.domain.client import OURSELVES
from services.gateway.identity.claims import Identity, identity_of
from services.gateway.identity.keys import KeyRing
from services.gateway.identity.standing import Standing
from services.gateway.identity.tokens import TokenInvalid, Verified
from services.gateway.settings import Issuer
from shared.contracts.actor import Actor, Kind

LIFETIME_SECONDS: Final = 600
AUDIENCE: Final = "tellus"
_USER: Final = "user"
_STANDS: Final = "stands"
# not an address, so it is made past the check that an issuer is one: nobody can configure it, or be mistaken for it
ISSUER: Final = Issuer.model_construct(
    issuer=OURSELVES,
    audience=AUDIENCE,
    kind="system",
    algorithms=("Ed25519",),
    max_lifetime_seconds=LIFETIME_SECONDS,
)


class OwnTokens:
    """Issues tokens with the gateway's own key. It signs transaction tokens too: `typ` keeps the two apart."""

    def __init__(self, private_jwk: str) -> None:
        self._key = OKPKey.import_key(json.loads(private_jwk))
        self._header = {"alg": "Ed25519", "typ": "at+jwt", "kid": str(self._key.as_dict(private=False)["kid"])}

    def ring(self) -> KeyRing:
        """What verifies them."""
        document = orjson.dumps({"keys": [self._key.as_dict(private=False)]})

        async def ours() -> bytes:
            return document

        return KeyRing(OURSELVES, ours, refresh_seconds=float("inf"), retry_seconds=0)

    def issue(
        self, client_id: UUID, scopes: tuple[str, ...], *, user: Actor | None = None, stands: Standing | None = None
    ) -> str:
        """A token by which a system acts: for itself, or on behalf of a user while they stand as they do now."""
        issued = int(time.time())
        claims: dict[str, Any] = {
            "iss": OURSELVES,
            "aud": AUDIENCE,
            "sub": str(client_id),
            "client_id": str(client_id),
            "iat": issued,
            "exp": issued + LIFETIME_SECONDS,
            "jti": uuid4().hex,
            "scope": " ".join(scopes),
        }
        if user is not None and stands is not None:
            told = user.model_dump(mode="json", exclude={"grants", "purpose", "scopes"}, exclude_none=True)
            claims |= {"sub": str(user.id), "act": {"sub": str(client_id)}, _USER: told, _STANDS: stands.mark}
        return jwt.encode(self._header, claims, self._key, algorithms=["Ed25519"])


def told_by(verified: Verified) -> tuple[str, Identity]:
    """Whom a verified token is about, and what it says of them; of one of ours, who acts and for whom."""
    identity = identity_of(verified)
    if verified.issuer.issuer != OURSELVES or "act" not in verified.claims:
        return verified.subject, identity
    return _acting(verified.claims, identity)


def _acting(claims: Mapping[str, Any], identity: Identity) -> tuple[str, Identity]:
    try:
        user = Actor.model_validate(claims[_USER])
        acts, stands = str(claims["act"]["sub"]), str(claims[_STANDS])
    except (KeyError, TypeError, ValidationError):
        raise TokenInvalid("act") from None
    return acts, Identity(
        kind=Kind.SYSTEM,
        roles=user.roles,
        department=user.department,
        assurance=user.assurance,
        contact_id=user.contact_id,
        authenticated_at=user.authenticated_at,
        scopes=identity.scopes,
        on_behalf_of=user.id,
        stands=stands,
    )
