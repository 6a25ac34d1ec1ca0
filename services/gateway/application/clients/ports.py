"""What the use cases of systems need from the world."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.gateway.application.ports import Reach, Staffing
from services.gateway.domain.client import Client
from shared.authz.model import Permissions
from shared.contracts.base import Event
from shared.contracts.gateway.clients import PublicKey

R = TypeVar("R", bound=BaseModel)


class Clients(Protocol):
    """The systems of this store."""

    def get(self, id: UUID) -> Client:
        """The system; raises ClientUnknown."""

    def lock(self, id: UUID) -> Client:
        """The same, held until this transaction ends; raises ClientUnknown."""

    def add(self, client: Client) -> None:
        """Store a new one."""

    def save(self, client: Client) -> None:
        """Store a changed one that was locked."""

    def page(
        self, active: bool | None, reach: Reach, limit: int, after: str | None
    ) -> tuple[Sequence[Client], str | None]:
        """A page, newest first, of what lies within reach (its person is the owner)."""


class Enrolment(Protocol):
    """Gives systems an internal id."""

    def enrol_client(self) -> tuple[UUID, str]:
        """A new id, and the digest to tell of it."""


class Work(Protocol):
    """One transaction."""

    clients: Clients
    enrolment: Enrolment
    staff: Staffing
    permissions: Permissions

    def tell(self, *events: Event, department: str | None = None) -> None:
        """The world learns of these if the transaction commits. They are of whose record it is; else of the actor's."""

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


class PublicKeys(Protocol):
    """Reads public keys."""

    def canonical(self, key: PublicKey) -> tuple[str, str]:
        """Its thumbprint, and its canonical JSON; raises KeyUnusable."""
