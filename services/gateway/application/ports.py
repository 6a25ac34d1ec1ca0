"""What the use cases of the directory need from the world."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.gateway.application.sessions.ports import KeptSessions
from services.gateway.domain.assignment import Assignment
from services.gateway.domain.client import Client
from services.gateway.domain.staff import Staff
from services.gateway.domain.team import Team
from shared.authz.model import Permissions
from shared.contracts.base import Event
from shared.contracts.gateway.staff import Alternative

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class Reach:
    """Whom the store may look among: everybody, one department and those within it, one person; any that applies."""

    everywhere: bool = False
    department: str | None = None
    person: UUID | None = None


@dataclass(frozen=True)
class StaffTerms:
    """Whom to look for. Every term given must match."""

    department: str | None = None
    active: bool | None = None
    team_id: UUID | None = None
    skill: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Belongings:
    """What somebody has by belonging: their teams, and the roles that are theirs now."""

    teams: tuple[UUID, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class AssignmentTerms:
    """Which assignments to look for. Every term given must match."""

    staff_id: UUID | None = None
    kind: str | None = None
    role: str | None = None
    about: UUID | None = None
    in_force: bool | None = None


class Enrolment(Protocol):
    """Gives outside identities an internal id."""

    def enrol(self, issuer: str, subject: str, kind: str) -> tuple[UUID, str | None]:
        """The id, and the digest to tell where it is new."""


class Staffing(Protocol):
    """The staff of this store. Nobody removed is among them."""

    def get(self, id: UUID) -> Staff:
        """The member of staff; raises StaffUnknown."""

    def lock(self, id: UUID) -> Staff:
        """The same, held until this transaction ends; raises StaffUnknown."""

    def removed(self, id: UUID) -> Staff | None:
        """The member of staff where they were removed, held; raises StaffExists where they are there."""

    def add(self, staff: Staff) -> None:
        """Store a new one; raises UserNameTaken."""

    def save(self, staff: Staff) -> None:
        """Store a changed one that was locked; raises UserNameTaken."""

    def departments(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Where each of these works; who is not there, or was removed, is absent."""

    def belongings(self, ids: Sequence[UUID], at: datetime) -> Mapping[UUID, Belongings]:
        """What each of them has at a moment."""

    def page(
        self, terms: StaffTerms, reach: Reach, at: datetime, limit: int, after: str | None
    ) -> tuple[Sequence[Staff], str | None]:
        """A page by user name, and the cursor of the next."""

    def find(self, where: Sequence[Alternative], reach: Reach, start: int, limit: int) -> tuple[Sequence[Staff], int]:
        """Some from a place, and how many there are up to a cap; raises FieldUnknown."""


class Teams(Protocol):
    """The teams of this store. None that was removed is among them."""

    def get(self, id: UUID) -> Team:
        """The team; raises TeamUnknown."""

    def lock(self, id: UUID) -> Team:
        """The same, held until this transaction ends; raises TeamUnknown."""

    def add(self, team: Team) -> None:
        """Store a new one; raises TeamNameTaken."""

    def save(self, team: Team) -> None:
        """Store a changed one that was locked; raises TeamNameTaken."""

    def lock_with(self, member_id: UUID) -> Sequence[Team]:
        """The teams that somebody is in, held."""

    def page(
        self, department: str | None, member_id: UUID | None, reach: Reach, limit: int, after: str | None
    ) -> tuple[Sequence[Team], str | None]:
        """A page by name, and the cursor of the next."""

    def find(self, where: Sequence[Alternative], reach: Reach, start: int, limit: int) -> tuple[Sequence[Team], int]:
        """Some from a place, and how many there are up to a cap; raises FieldUnknown."""


class Assignments(Protocol):
    """The assignments of this store."""

    def get(self, id: UUID) -> Assignment:
        """The assignment; raises AssignmentUnknown."""

    def lock(self, id: UUID) -> Assignment:
        """The same, held until this transaction ends; raises AssignmentUnknown."""

    def of(self, holder: UUID) -> Sequence[Assignment]:
        """Those of a holder that were not ended, held: nobody else gives them anything before this transaction ends."""

    def add(self, assignment: Assignment) -> None:
        """Store a new one."""

    def save(self, assignment: Assignment) -> None:
        """Store a changed one that was locked."""

    def administrators(self, at: datetime) -> AbstractSet[UUID]:
        """The active staff who are administrators, held: nobody else ends one before this transaction ends."""

    def page(
        self, terms: AssignmentTerms, reach: Reach, at: datetime, limit: int, after: str | None
    ) -> tuple[Sequence[Assignment], str | None]:
        """A page, newest first, and the cursor of the next."""

    def challenges(
        self, *, reviewed: bool, overdue: bool | None, reach: Reach, at: datetime, limit: int, after: str | None
    ) -> tuple[Sequence[Assignment], str | None]:
        """A page of emergency accesses, the longest due first, and the cursor of the next."""


class OwnedClients(Protocol):
    """The systems that somebody answers for."""

    def active_of(self, owner: UUID) -> Sequence[Client]:
        """Those of theirs that may act, held until this transaction ends."""

    def save(self, client: Client) -> None:
        """Store a changed one that was locked."""


class Work(Protocol):
    """One transaction."""

    enrolment: Enrolment
    staff: Staffing
    teams: Teams
    assignments: Assignments
    clients: OwnedClients
    sessions: KeptSessions
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


class Issuers(Protocol):
    """Who may vouch for staff."""

    def of_staff(self, named: str | None) -> str:
        """The issuer named, or the only one there is; raises IssuerUnknown."""
