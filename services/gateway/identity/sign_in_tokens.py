"""What an issuer tells us, its client, about sessions: who signed in (ID token), and who is gone (logout token)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.identity.tokens import LONGEST_SUBJECT, Signed, TokenInvalid, Verifier, subject_of
from services.gateway.settings import Issuer

_ID: Final = frozenset(("", "jwt", "application/jwt"))
_LOGOUT: Final = frozenset(("logout+jwt", "application/logout+jwt"))
_UNTYPED_LOGOUT: Final = _LOGOUT | _ID
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
OLDEST_SECONDS: Final = 600
"""An ID token is read as soon as it was made; a logout token is sent as soon as somebody left."""
_HASHES: Final = {"ES384": "sha384", "ES512": "sha512", "Ed25519": "sha512", "EdDSA": "sha512"}
"""Of the access token that stands beside an ID token; SHA-256 for every other algorithm."""


@dataclass(frozen=True)
class LoggedOut:
    """Who is gone: one session at their issuer, or all that somebody had."""

    issuer: Issuer
    subject: str | None
    sid: str | None
    jti: str
    until: int
    """When this could not be told again."""


async def verify_id_token(
    verifier: Verifier, token: str, issuer: Issuer, *, nonce: str | None, access_token: str | None
) -> Mapping[str, Any]:
    """What the issuer says of a sign-in that we asked for; raises TokenInvalid, or IssuerUnreachable.

    Without a `nonce` it is one that came with a renewal.
    """
    signed = await verifier.signed(token, _ID)
    claims = signed.claims
    if signed.issuer.issuer != issuer.issuer:
        raise TokenInvalid("issuer_mixed_up")
    _check_audience(claims, issuer)
    subject_of(claims)
    issued, expires = verifier.check_times(claims)
    if expires <= issued:
        raise TokenInvalid("lifetime")
    if nonce is not None:
        _check_fresh(verifier, issued)
        said = claims.get("nonce")
        if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
            raise TokenInvalid("nonce")
    if access_token is not None and "at_hash" in claims and claims["at_hash"] != _half_hash(signed, access_token):
        raise TokenInvalid("at_hash")
    return claims


async def verify_logout_token(verifier: Verifier, token: str) -> LoggedOut:
    """Who is gone, as their issuer says; raises TokenInvalid, or IssuerUnreachable."""
    signed = await verifier.signed(token, _UNTYPED_LOGOUT)
    issuer, claims = signed.issuer, signed.claims
    if issuer.typed_logout and signed.type not in _LOGOUT:
        raise TokenInvalid("type")
    _check_audience(claims, issuer)
    issued, expires = verifier.check_times(claims)
    _check_fresh(verifier, issued)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise TokenInvalid("events")
    if "nonce" in claims:
        raise TokenInvalid("nonce")
    jti, sid = _text(claims, "jti"), _text(claims, "sid")
    subject = subject_of(claims) if "sub" in claims else None
    if jti is None or (sid is None and subject is None):
        raise TokenInvalid("nobody_named")
    return LoggedOut(issuer, subject, sid, jti, max(expires, issued + OLDEST_SECONDS))


def sid_of(claims: Mapping[str, Any]) -> str | None:
    """The issuer's name for its own session."""
    return _text(claims, "sid")


def _check_audience(claims: Mapping[str, Any], issuer: Issuer) -> None:
    # an audience beside ours would be somebody who could hand us what was meant for them
    if issuer.client_id is None or claims.get("aud") not in (issuer.client_id, [issuer.client_id]):
        raise TokenInvalid("audience")
    if claims.get("azp", issuer.client_id) != issuer.client_id:
        raise TokenInvalid("authorized_party")


def _check_fresh(verifier: Verifier, issued: int) -> None:
    verifier.check_times({"iat": issued, "exp": issued + OLDEST_SECONDS})


def _half_hash(signed: Signed, access_token: str) -> str:
    digest = hashlib.new(_HASHES.get(signed.algorithm, "sha256"), access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    if name not in claims:
        return None
    value = claims[name]
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SUBJECT:
        raise TokenInvalid(name)
    return value
