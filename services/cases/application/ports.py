"""What the use cases need from the world."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.cases.domain.bundle import Bundle
from services.cases.domain.case import Case
from services.cases.domain.case_type import CaseType
from services.cases.domain.deadlines import Calendars
from services.cases.domain.faults import Faults
from services.cases.domain.forms import Schemas
from services.cases.domain.guards import Guards
from services.cases.domain.history import Entry
from shared.authz.model import Permissions
from shared.authz.reach import Reach
from shared.contracts.base import Event

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class Terms:
    """Which cases are asked for. Every term given must match."""

    contact_id: UUID | None = None
    case_type: str | None = None
    state: str | None = None
    assigned_to: UUID | None = None
    open: bool | None = None


class Cases(Protocol):
    """The cases of this store."""

    def get(self, id: UUID) -> tuple[Case, Bundle]:
        """The case and the rules it is pinned to; raises CaseUnknown."""

    def lock(self, id: UUID) -> tuple[Case, Bundle]:
        """The same, the case held until this transaction ends."""

    def among(self, ids: Sequence[UUID]) -> Sequence[Case]:
        """Those of these cases that there are, in any order."""

    def add(self, case: Case, opened_by: UUID) -> Case | None:
        """Store a new case. Where its origin is here already, nothing is stored and that case is the answer."""

    def save(self, case: Case) -> None:
        """Store a changed case that was locked."""

    def find(self, terms: Terms, reach: Reach, limit: int, after: str | None) -> tuple[Sequence[Case], str | None]:
        """A page of what is asked for and within reach, by due date, then age; and the cursor of the next."""


class History(Protocol):
    """What was done on cases."""

    def add(self, entry: Entry) -> None:
        """Append one line."""

    def of(self, case_id: UUID, limit: int, after: str | None) -> tuple[Sequence[Entry], str | None]:
        """A page, in the order it was recorded."""


class CaseTypes(Protocol):
    """The versions of case types."""

    def hold(self, key: str) -> None:
        """Let nobody else add or activate a version of this key until this transaction ends."""

    def add(self, case_type: CaseType, bundle: Bundle, department: str, added_by: UUID) -> None:
        """Store a new version."""

    def save(self, case_type: CaseType) -> None:
        """Store a changed status."""

    def get(self, key: str, version: int | None) -> tuple[CaseType, str]:
        """One version with its text, the active one where none is named, and its department; raises CaseTypeUnknown."""

    def versions(self, key: str) -> Sequence[tuple[CaseType, str, bool]]:
        """Every version without its text, its department, and whether it is permissive; newest first."""

    def active(self, key: str) -> tuple[int, Bundle]:
        """The version that new cases follow, and its rules; raises CaseTypeUnknown."""

    def page(self, limit: int, after: str | None, *, active: bool) -> tuple[Sequence[CaseType], str | None]:
        """A page of versions without their texts, by key and version; the active ones only if told so."""


class Work(Protocol):
    """One transaction."""

    cases: Cases
    history: History
    case_types: CaseTypes
    permissions: Permissions

    def tell(self, *events: Event, department: str | None = None) -> None:
        """The world learns of these if the transaction commits. They are of whose record it is; else of the actor's."""

    def reply(self, view: R) -> R:
        """Keep this answer with the command."""


class UnitOfWork(Protocol):
    """Opens a transaction: commits on a clean exit, changes nothing on any error."""

    def __call__(self) -> AbstractContextManager[Work]:
        """For a change."""

    def reading(self) -> AbstractContextManager[Work]:
        """For a look."""

    def already_done(self) -> None:
        """Raise AlreadyDone with the answer, where the command in hand was done before."""


class ContactCards(Protocol):
    """What the contacts service lets the caller know of a contact."""

    def details(self, contact_id: UUID) -> Mapping[str, str | None]:
        """Under contact.name, contact.email, contact.phone; raises NotFound where there is no such contact."""


class Documents(Protocol):
    """A way of writing bundles down."""

    def read(self, text: str, faults: Faults) -> Any:
        """The plain mappings and lists of a text."""


@dataclass(frozen=True)
class Rulebook:
    """What bundles and forms are examined with."""

    documents: Documents
    guards: Guards
    schemas: Schemas
    calendars: Calendars
