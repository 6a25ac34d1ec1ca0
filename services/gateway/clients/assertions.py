"""How a system proves itself: a short-lived JWT that it signed, for us and for once (RFC 7523, private_key_jwt)."""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, TypeGuard
from uuid import UUID

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from services.gateway.clients.known import Known, KnownClients
from services.gateway.edge import strict_json

LONGEST: Final = 4_096
LONGEST_LIFE_SECONDS: Final = 300
LONGEST_ID: Final = 255
SKEW_SECONDS: Final = 30
_ALGORITHMS: Final = {"ES256": "EC", "Ed25519": "OKP", "EdDSA": "OKP"}
_TYPES: Final = {None, "jwt", "client-authentication+jwt"}
_UNREAD: Final = frozenset(("alg", "kid", "typ"))


class AssertionRefused(Exception):
    """It proves nothing. `reason` is for our record; the caller is told no more than that."""

    def __init__(self, reason: str, client_id: UUID | None = None) -> None:
        self.reason, self.client_id = reason, client_id
        super().__init__(reason)


@dataclass(frozen=True)
class Claimed:
    """What an assertion says, before anything of it is believed."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    client_id: UUID


class Assertions:
    """Checks assertions made for any of our addresses."""

    def __init__(self, clients: KnownClients, audiences: tuple[str, ...]) -> None:
        self._clients, self._audiences = clients, frozenset(audiences)

    async def prove(self, assertion: str) -> Known:
        """The system that made it; raises AssertionRefused, and Unavailable where that cannot be known."""
        claimed = _open(assertion)
        known = await self._clients.find(claimed.client_id)
        if known is None:
            raise AssertionRefused("client")
        try:
            _check_signature(assertion, claimed.header, known)
            jti, expires = self._check_claims(claimed.claims)
        except AssertionRefused as error:
            raise AssertionRefused(error.reason, known.id) from None
        digest = sha256(known.id.bytes + jti.encode()).digest()
        if not await self._clients.use(known.id, digest, datetime.fromtimestamp(expires + SKEW_SECONDS, UTC)):
            raise AssertionRefused("used_before", known.id)
        return known

    def _check_claims(self, claims: Mapping[str, Any]) -> tuple[str, int]:
        audience = claims.get("aud")
        said = {audience} if isinstance(audience, str) else set(audience) if _texts(audience) else set()
        if not said or not said <= self._audiences:  # one that somebody else would take too proves nothing here
            raise AssertionRefused("audience")
        expires, issued, begins = (claims.get(name) for name in ("exp", "iat", "nbf"))
        now = time.time()
        if not _whole(expires) or expires + SKEW_SECONDS <= now:
            raise AssertionRefused("expired")
        if expires - now > LONGEST_LIFE_SECONDS + SKEW_SECONDS:
            raise AssertionRefused("lifetime")
        if any(
            moment is not None and (not _whole(moment) or moment - SKEW_SECONDS > now) for moment in (issued, begins)
        ):
            raise AssertionRefused("not_yet")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_ID:
            raise AssertionRefused("id")
        return jti, expires


def _open(assertion: str) -> Claimed:
    parts = assertion.split(".")
    if len(assertion) > LONGEST or len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        raise AssertionRefused("shape")
    try:
        header, claims = (strict_json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4))) for p in parts[:2])
    except (ValueError, strict_json.NotStrictJson):
        raise AssertionRefused("shape") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise AssertionRefused("shape")
    kind = header.get("typ")
    if not isinstance(kind, str | None) or (kind and kind.lower()) not in _TYPES or set(header) - _UNREAD:
        raise AssertionRefused("header")
    subject = claims.get("sub")
    if not isinstance(subject, str) or claims.get("iss") != subject:
        raise AssertionRefused("subject")
    try:
        return Claimed(header, claims, UUID(subject))
    except ValueError:
        raise AssertionRefused("subject") from None


def _check_signature(assertion: str, header: Mapping[str, Any], known: Known) -> None:
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise AssertionRefused("algorithm")
    candidates = [known.keys[kid]] if isinstance(kid, str) and kid in known.keys else list(known.keys.values())
    for jwk in map(orjson.loads, candidates):
        if jwk["kty"] != _ALGORITHMS[algorithm]:
            continue
        key = ECKey.import_key(jwk) if jwk["kty"] == "EC" else OKPKey.import_key(jwk)
        try:
            jws.deserialize_compact(assertion, key, algorithms=[algorithm])
        except (JoseError, ValueError, TypeError):
            continue
        return
    raise AssertionRefused("signature")


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
