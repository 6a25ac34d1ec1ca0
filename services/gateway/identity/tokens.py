"""Access tokens (RFC 9068), verified against the keys of issuers that were named in advance; nothing else is trusted."""

import base64
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

from services.gateway.edge import strict_json
from services.gateway.identity.keys import KeyRing, fits
from services.gateway.settings import Issuer

LONGEST_TOKEN: Final = 8_192
LONGEST_SUBJECT: Final = 255
_ACCESS: Final = frozenset(("at+jwt", "application/at+jwt"))
_COMPACT: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_REFUSED: Final = frozenset(("b64", "crit", "enc", "jku", "jwk", "x5c", "x5u", "zip"))
"""Header parameters that would bring keys along, or change what the signature covers."""


class TokenInvalid(Exception):
    """Not a token we accept. `reason` is for our log; the caller is told no more than that."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Verified:
    """A token whose signature and times hold: whose it is, and everything it claims."""

    issuer: Issuer
    subject: str
    expires_at: int
    claims: Mapping[str, Any]


@dataclass(frozen=True)
class Signed:
    """Claims that their issuer signed as this type of token. Whether they hold, here and now, is still to be asked."""

    issuer: Issuer
    algorithm: str
    type: str
    """In small letters; empty where it names none."""
    claims: Mapping[str, Any]


class Verifier:
    """Verifies tokens of the configured issuers."""

    def __init__(self, issuers: Mapping[str, tuple[Issuer, KeyRing]], *, skew_seconds: int = 30) -> None:
        self._issuers, self._skew = issuers, skew_seconds

    async def verify(self, token: str) -> Verified:
        """What an access token says; raises TokenInvalid, or IssuerUnreachable where it cannot be checked now."""
        signed = await self.signed(token, _ACCESS)
        return self._check_claims(signed.issuer, signed.claims)

    async def signed(self, token: str, types: frozenset[str]) -> Signed:
        """What a token of one of these types says ("" for one that names no type); raises as `verify` does."""
        header, claims = _open(token)
        named = claims.get("iss")
        if not isinstance(named, str) or named not in self._issuers:
            raise TokenInvalid("issuer")
        issuer, ring = self._issuers[named]  # only chooses which keys to try: nothing is believed yet
        algorithm, kid, kind = _header(header, issuer, types)
        key = await ring.find(kid)
        if key is None:
            raise TokenInvalid("key_unknown")
        if not fits(key, algorithm):
            raise TokenInvalid("key_unfit")
        _check_signature(token, key, algorithm)
        return Signed(issuer, algorithm, kind, claims)

    def check_times(self, claims: Mapping[str, Any]) -> tuple[int, int]:
        """When a token was issued and when it ends; raises TokenInvalid where it is not good now."""
        expires, issued = _moment(claims, "exp"), _moment(claims, "iat")
        begins = _moment(claims, "nbf") if "nbf" in claims else issued
        now = time.time()
        if expires + self._skew <= now:
            raise TokenInvalid("expired")
        if issued - self._skew > now or begins - self._skew > now:
            raise TokenInvalid("not_yet")
        return issued, expires

    def _check_claims(self, issuer: Issuer, claims: Mapping[str, Any]) -> Verified:
        audiences = claims.get("aud")
        if "cnf" in claims:  # bound to a key that nobody shows here: whoever brings it as a bearer stole it
            raise TokenInvalid("bound")
        if issuer.audience not in ([audiences] if isinstance(audiences, str) else _texts(audiences)):
            raise TokenInvalid("audience")
        subject = subject_of(claims)
        issued, expires = self.check_times(claims)
        if not 0 < expires - issued <= issuer.max_lifetime_seconds:
            raise TokenInvalid("lifetime")
        return Verified(issuer=issuer, subject=subject, expires_at=expires, claims=claims)


def subject_of(claims: Mapping[str, Any]) -> str:
    """Whom a token is about, as their issuer calls them; raises TokenInvalid."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise TokenInvalid("subject")
    return subject


def _open(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if len(token) > LONGEST_TOKEN:
        raise TokenInvalid("too_long")
    parts = _COMPACT.fullmatch(token)
    if parts is None:
        raise TokenInvalid("shape")
    header, claims, _ = (_decoded(part) for part in parts.groups())
    try:
        opened = strict_json.loads(header), strict_json.loads(claims)
    except strict_json.NotStrictJson:
        raise TokenInvalid("json") from None
    if not all(isinstance(part, dict) for part in opened):
        raise TokenInvalid("json")
    return opened


def _decoded(part: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise TokenInvalid("base64") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != part.encode():  # one token, one spelling
        raise TokenInvalid("base64")
    return raw


def _header(header: Mapping[str, Any], issuer: Issuer, types: frozenset[str]) -> tuple[str, str, str]:
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "")
    if not isinstance(algorithm, str) or algorithm not in issuer.algorithms:
        raise TokenInvalid("algorithm")
    if not isinstance(kind, str) or kind.lower() not in types:
        raise TokenInvalid("type")
    if not isinstance(kid, str) or not kid:
        raise TokenInvalid("key_id")
    if _REFUSED & set(header):
        raise TokenInvalid("header")
    return algorithm, kid, kind.lower()


def _check_signature(token: str, key: Key, algorithm: str) -> None:
    try:
        jws.deserialize_compact(token, key, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError):
        raise TokenInvalid("signature") from None


def _moment(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TokenInvalid(name)
    return value


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
