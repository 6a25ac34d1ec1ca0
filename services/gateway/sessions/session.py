"""What the face knows of a browser session, and what it needs of the store that keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol
from uuid import UUID

from services.gateway.identity.claims import Identity

EndReason = Literal[
    "signed_out",
    "signed_in_again",
    "too_many",
    "idle",
    "too_old",
    "issuer_signed_out",
    "issuer_refused",
    "issuer_unknown",
]
ID_BYTES: Final = 32


@dataclass(frozen=True)
class Session:
    """One browser that somebody is signed in with."""

    id: UUID
    actor: UUID
    issuer: str
    sid: str | None
    identity: Identity
    version: int
    browser: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    refresh: bytes | None
    """Sealed."""
    renew_at: datetime | None
    """When the issuer must be asked again; None where it gave nothing to ask with."""


class SignedOutMeanwhile(Exception):
    """The issuer ended its session before ours began."""


class SessionStore(Protocol):
    """Keeps sessions by the digest of what the browser holds. What it changes, it tells. Raises StoreUnavailable."""

    async def find(self, digest: bytes) -> Session | None:
        """The session of this digest."""

    async def spend(self, digest: bytes, until: datetime) -> bool:
        """Whether this is its first use: afterwards it is spent, on every replica."""

    async def begin(
        self, session: Session, digest: bytes, *, instead_of: UUID | None, at_most: int, traceparent: str
    ) -> None:
        """It is there, the one it replaces is not, and the oldest give way; raises SignedOutMeanwhile."""

    async def step_up(self, session: Session, digest: bytes, *, before: bytes, traceparent: str) -> bool:
        """The session has a new digest and says more of who they are; False where it was gone."""

    async def touch(self, session: Session, now: datetime) -> None:
        """It was used."""

    async def end(self, id: UUID, reason: EndReason, *, traceparent: str) -> bool:
        """It is no more; False where it was not."""

    async def end_of_issuer(
        self,
        issuer: str,
        *,
        sid: str | None,
        subject: str | None,
        told: bytes,
        until: datetime,
        traceparent: str,
    ) -> int | None:
        """How many are no more, because their issuer ended them; with a `sid`, none will begin either until then.

        None, and nothing is changed, where this was `told` before.
        """

    async def claim_renewal(self, id: UUID, now: datetime, until: datetime) -> bool:
        """Whether we alone may renew it now."""

    async def renewed(self, session: Session) -> bool:
        """It has what the issuer said last; False where it was gone."""

    async def sweep(self, now: datetime, idle_since: datetime) -> int:
        """How many are no more, because they were idle or old. What was spent long ago is forgotten."""

    async def tell_failed(self, reason: str, issuer: str | None, *, traceparent: str) -> None:
        """It is on record that somebody could not sign in."""
