"""Puts browser sessions together, where settings name an issuer that knows us as its client and a key to seal with."""

from services.gateway.adapters.issuer_doors import HttpDoors
from services.gateway.adapters.session_store import SqlSessions
from services.gateway.adapters.store import Store
from services.gateway.identity.callers import Callers
from services.gateway.identity.tokens import Verifier
from services.gateway.sessions.browsers import Browsers
from services.gateway.sessions.relying_party import RelyingParty
from services.gateway.sessions.sealing import Seal
from services.gateway.settings import Settings


def browsers_of(settings: Settings, store: Store, verifier: Verifier, callers: Callers) -> Browsers | None:
    """The sessions of browsers; None where nobody can sign in with one."""
    if settings.session_key is None or not any(issuer.client_id for issuer in settings.issuers):
        return None
    return Browsers(
        settings=settings,
        store=SqlSessions(store),
        party=RelyingParty(HttpDoors(), settings),
        verifier=verifier,
        callers=callers,
        seal=Seal.from_setting(settings.session_key.get_secret_value()),
    )
