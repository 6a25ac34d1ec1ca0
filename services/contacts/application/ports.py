"""What the use cases need from the world."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.contacts.domain.contact import Contact, Origin
from services.contacts.domain.interaction import Interaction
from shared.authz.model import Permissions
from shared.authz.reach import Reach
from shared.contracts.base import Event

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class Change:
    """One line of a contact's history."""

    version: int
    action: str
    fields: tuple[str, ...]
    actor: UUID
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True)
class Terms:
    """What to look for, in normal form. Every term given must match."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    reference: str | None = None


class Contacts(Protocol):
    """The contacts of this store."""

    def get(self, id: UUID) -> Contact:
        """The contact; raises ContactUnknown."""

    def lock(self, id: UUID) -> Contact:
        """The contact, held until this transaction ends; raises ContactUnknown."""

    def among(self, ids: Sequence[UUID]) -> Sequence[Contact]:
        """Those of these contacts that there are, in any order."""

    def add(self, contact: Contact) -> None:
        """Store a new contact; raises ContactExists where its origin is here already."""

    def save(self, contact: Contact) -> None:
        """Store a changed contact that was locked."""

    def from_origin(self, origin: Origin) -> UUID | None:
        """The contact that came from there."""

    def find(self, terms: Terms, reach: Reach, limit: int, after: str | None) -> tuple[Sequence[Contact], str | None]:
        """A page of matches within reach, and the cursor of the next. The order tells of names only where one is asked."""


class Changes(Protocol):
    """The history of contacts."""

    def add(self, contact_id: UUID, change: Change) -> None:
        """Append one line."""

    def of(self, contact_id: UUID, limit: int, after: str | None) -> tuple[Sequence[Change], str | None]:
        """A page of the history, newest first."""


class Interactions(Protocol):
    """The interactions with contacts."""

    def add(self, interaction: Interaction) -> None:
        """Append one."""

    def among(self, ids: Sequence[UUID]) -> Sequence[Interaction]:
        """Those of these interactions that there are, in any order."""

    def of(
        self, contact_id: UUID, reach: Reach, limit: int, after: str | None
    ) -> tuple[Sequence[Interaction], str | None]:
        """A page, newest first, of the interactions with a contact that are within reach."""


class Work(Protocol):
    """One transaction."""

    contacts: Contacts
    changes: Changes
    interactions: Interactions
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


class Points(Protocol):
    """The normal forms of contact points; raises PointInvalid with the field's pointer."""

    def email(self, text: str) -> str:
        """An email address as we store and compare it."""

    def phone(self, text: str) -> str:
        """A phone number in E.164."""
