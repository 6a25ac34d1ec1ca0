"""What the use cases of mandates and delegations need from the world."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.gateway.application.ports import Staffing
from services.gateway.domain.authority import Authority
from shared.authz.model import Permissions
from shared.contracts.base import Event

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class AuthorityTerms:
    """Which to look for. Every term given must match."""

    principal: UUID | None = None
    representative: UUID | None = None
    among: tuple[UUID, ...] | None = None
    """One side is one of these; None for all."""


class Authorities(Protocol):
    """The mandates and delegations of this store."""

    def lock(self, id: UUID) -> Authority:
        """One, held until this transaction ends; raises AuthorityUnknown."""

    def add(self, authority: Authority) -> None:
        """Store a new one."""

    def save(self, authority: Authority) -> None:
        """Store one that was locked and ended."""

    def page(self, terms: AuthorityTerms, limit: int, after: str | None) -> tuple[Sequence[Authority], str | None]:
        """A page, newest first."""


class Work(Protocol):
    """One transaction."""

    authorities: Authorities
    staff: Staffing
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
