"""What the use cases of long work need from the world."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.gateway.domain.job import Job
from shared.authz.model import Permissions
from shared.contracts.base import Event

R = TypeVar("R", bound=BaseModel)


class Jobs(Protocol):
    """The jobs of this store."""

    def get(self, id: UUID) -> Job:
        """The job; raises JobUnknown."""

    def lock(self, id: UUID) -> Job:
        """The same, held until this transaction ends; raises JobUnknown."""

    def count_open(self, owner: UUID) -> int:
        """How many of theirs are under way; nobody else counts them until this transaction ends."""

    def add(self, job: Job) -> None:
        """Store a new one."""

    def save(self, job: Job) -> None:
        """Store a changed one that was locked."""

    def waiting(self, at: datetime) -> Job | None:
        """The oldest that nobody works on, held; those that others hold are passed over."""

    def of(self, owner: UUID, limit: int, after: str | None) -> tuple[Sequence[Job], str | None]:
        """A page of theirs, newest first."""

    def prune(self, at: datetime) -> None:
        """Forget what has expired."""


class Work(Protocol):
    """One transaction."""

    jobs: Jobs
    permissions: Permissions

    def tell(self, *events: Event, department: str | None = None) -> None:
        """The world learns of these if the transaction commits. They are of whose record it is; else of the actor's."""

    def reply(self, view: R) -> R:
        """Keep this answer with the command."""

    def require_current(self) -> None:
        """Raises ActorRevoked where the directory says that whoever asks may do nothing any more."""


class UnitOfWork(Protocol):
    """Opens a transaction: commits on a clean exit, changes nothing on any error."""

    def __call__(self) -> AbstractContextManager[Work]:
        """For a change."""

    def reading(self) -> AbstractContextManager[Work]:
        """For a look."""
