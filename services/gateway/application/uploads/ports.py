"""What the use cases of uploads need from the world."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.gateway.domain.upload import Upload
from shared.authz.model import Permissions
from shared.contracts.base import Event

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class Limits:
    """How much may be sent."""

    most_bytes: int
    most_open: int


class Uploads(Protocol):
    """The uploads of this store."""

    def get(self, id: UUID) -> Upload:
        """The upload; raises UploadUnknown."""

    def lock(self, id: UUID) -> Upload:
        """The same, held until this transaction ends; raises UploadUnknown."""

    def count_open(self, owner: UUID) -> int:
        """How many of theirs are under way; nobody else counts them until this transaction ends."""

    def add(self, upload: Upload) -> None:
        """Store a new one."""

    def save(self, upload: Upload) -> None:
        """Store a changed one that was locked."""

    def of(self, owner: UUID, state: str | None, limit: int, after: str | None) -> tuple[Sequence[Upload], str | None]:
        """A page of theirs, newest first."""

    def lock_idle(self, since: datetime, limit: int) -> Sequence[Upload]:
        """Some that are under way and that nobody sent anything to since, held, without those that others hold."""

    def kept(self, content: Sequence[str]) -> Sequence[str]:
        """Which of these some upload holds, or some job has brought."""

    def prune(self, before: datetime) -> None:
        """Remove what was forgotten before that moment."""


class Work(Protocol):
    """One transaction."""

    uploads: Uploads
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
