"""From the tokens that an issuer gave for a sign-in to whom they are about; nothing in them is believed unchecked."""

from dataclasses import dataclass, replace
from typing import Final

from services.gateway.identity.claims import Identity, identity_of
from services.gateway.identity.sign_in_tokens import sid_of, verify_id_token
from services.gateway.identity.tokens import TokenInvalid, Verified, Verifier, subject_of
from services.gateway.sessions.relying_party import Tokens
from services.gateway.settings import Issuer
from shared.contracts.actor import Kind

_ABOUT_SIGNING_IN: Final = ("acr", "auth_time", "iat")


@dataclass(frozen=True)
class Believed:
    """Whom an issuer vouches for."""

    subject: str
    sid: str | None
    identity: Identity


async def believe(verifier: Verifier, tokens: Tokens, issuer: Issuer, *, nonce: str) -> Believed:
    """Who just signed in; raises TokenInvalid, or IssuerUnreachable."""
    if tokens.id is None:
        raise TokenInvalid("id_token_missing")
    said = await verify_id_token(verifier, tokens.id, issuer, nonce=nonce, access_token=tokens.access)
    access = await _verified(verifier, tokens, issuer, subject_of(said))
    claims = access.claims if access else said
    claims = {**claims, **{name: said[name] for name in _ABOUT_SIGNING_IN if name in said}}
    return _believed(issuer, subject_of(said), sid_of(said), claims)


async def believe_again(verifier: Verifier, tokens: Tokens, issuer: Issuer, before: Identity) -> Believed:
    """Who they are by now, proved no better and no later than before unless the issuer says so."""
    said = None
    if tokens.id is not None:
        said = await verify_id_token(verifier, tokens.id, issuer, nonce=None, access_token=tokens.access)
    access = await _verified(verifier, tokens, issuer, None if said is None else subject_of(said))
    if access is None:
        if said is None:
            raise TokenInvalid("id_token_missing")
        believed = _believed(issuer, subject_of(said), sid_of(said), said)
    else:
        believed = _believed(issuer, access.subject, None, access.claims)
    kept = replace(believed.identity, assurance=before.assurance, authenticated_at=before.authenticated_at)
    return replace(believed, identity=kept)


async def _verified(verifier: Verifier, tokens: Tokens, issuer: Issuer, subject: str | None) -> Verified | None:
    if issuer.claims_from == "id_token":
        return None
    access = await verifier.verify(tokens.access)
    if access.issuer.issuer != issuer.issuer or subject not in (None, access.subject):
        raise TokenInvalid("tokens_contradict")
    return access


def _believed(issuer: Issuer, subject: str, sid: str | None, claims: object) -> Believed:
    assert isinstance(claims, dict)
    identity = identity_of(Verified(issuer=issuer, subject=subject, expires_at=0, claims=claims))
    if identity.kind is Kind.SYSTEM:
        raise TokenInvalid("system")
    return Believed(subject, sid, identity)
