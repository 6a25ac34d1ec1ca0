"""A gateway that trusts an issuer which really answers; what is behind it stays in memory."""

from dataclasses import dataclass
from functools import partial

from services.gateway.adapters.issuer_keys import fetch_keys
from services.gateway.identity.keys import KeyRing
from services.gateway.identity.tokens import Verifier
from services.gateway.settings import Issuer
from tests.support.gateway import Gateway, Reply

CONTACT = "/v1/contacts/019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"


@dataclass
class Trusting(Gateway):
    """As any gateway of tests, but its callers' tokens are checked with keys fetched over HTTP."""

    trusted: tuple[Issuer, ...] = ()
    refresh_seconds: float = 300
    retry_seconds: float = 0.2

    def __post_init__(self) -> None:
        self.more = {**self.more, "issuers": self.trusted}
        super().__post_init__()
        rings = {
            issuer.issuer: (
                issuer,
                KeyRing(
                    issuer.issuer,
                    partial(fetch_keys, issuer),
                    refresh_seconds=self.refresh_seconds,
                    retry_seconds=self.retry_seconds,
                ),
            )
            for issuer in self.trusted
        }
        self.rings = {name: ring for name, (_, ring) in rings.items()}
        self.callers._verifier = Verifier(rings)

    def read(self, token: str) -> Reply:
        """Somebody with this token reads a contact."""
        return self.ask("GET", CONTACT, token=token)

    def me(self, token: str) -> Reply:
        """Somebody with this token asks who they are."""
        return self.ask("GET", "/v1/me", token=token)
