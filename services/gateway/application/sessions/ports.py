"""What the use cases of sessions need from the world."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.gateway.domain.session import KeptSession
from shared.authz.model import Permissions
from shared.contracts.base import Event

R = TypeVar("R", bound=BaseModel)


class KeptSessions(Protocol):
    """The browser sessions of this store."""

    def of(self, holder: UUID, at: datetime) -> Sequence[KeptSession]:
        """Somebody's sessions that have not run out, newest first."""

    def page(
        self, holder: UUID, at: datetime, limit: int, after: str | None
    ) -> tuple[Sequence[KeptSession], str | None]:
        """A page of these, and the cursor of the next."""

    def end(self, ids: Collection[UUID]) -> Sequence[KeptSession]:
        """Those of these that were there, and are no more."""


class Work(Protocol):
    """One transaction."""

    sessions: KeptSessions
    permissions: Permissions

    def tell(self, *events: Event, department: str | None = None) -> None:
        """The world learns of these if the transaction commits."""

    def reply(self, view: R) -> R:
        """Keep this answer with the command."""

    def wake(self, actor_id: UUID) -> None:
        """If this transaction commits, every replica forgets what it knew of this actor, at once."""

    def require_current(self) -> None:
        """Raises ActorRevoked where the directory says that whoever asks may do nothing any more."""


class UnitOfWork(Protocol):
    """Opens a transaction: commits on a clean exit, changes nothing on any error."""

    def __call__(self) -> AbstractContextManager[Work]:
        """For a change."""

    def reading(self) -> AbstractContextManager[Work]:
        """For a look."""
