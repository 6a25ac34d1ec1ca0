"""A contact: a person or organisation that government knows."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.contacts.domain.errors import NameMissing, NothingToAmend
from services.contacts.domain.events import Amended, Fact, Registered
from shared.errors import Stale

Kind = Literal["person", "organisation"]


@dataclass(frozen=True)
class Details:
    """What somebody told us about themselves. Contact points are in their normal form."""

    name: str
    email: str | None = None
    phone: str | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise NameMissing

    def filled(self) -> tuple[str, ...]:
        """The fields that say something."""
        return tuple(name for name in ("name", "email", "phone", "language") if getattr(self, name))

    def differing(self, other: "Details") -> tuple[str, ...]:
        """The fields in which two sets of details differ."""
        fields = ("name", "email", "phone", "language")
        return tuple(name for name in fields if getattr(self, name) != getattr(other, name))


@dataclass(frozen=True)
class Origin:
    """Where a contact came from: its key in another system."""

    source: str
    reference: str


@dataclass
class Contact:
    """One contact at one version, and what happened to it since it was loaded."""

    id: UUID
    reference: str
    kind: Kind
    department: str
    details: Details
    registered_at: datetime
    origin: Origin | None = None
    version: int = 1
    facts: list[Fact] = field(default_factory=list)

    @classmethod
    def register(
        cls,
        id: UUID,
        reference: str,
        *,
        kind: Kind,
        department: str,
        details: Details,
        at: datetime,
        origin: Origin | None = None,
    ) -> "Contact":
        """A new contact."""
        contact = cls(id, reference, kind, department, details, at, origin)
        contact.facts.append(Registered(details.filled()))
        return contact

    def amend(self, version: int, **changes: str | None) -> None:
        """Change details that are still at `version`; raises Stale where they are not."""
        if version != self.version:
            raise Stale(current_version=self.version)
        details = replace(self.details, **changes)  # type: ignore[arg-type]
        fields = details.differing(self.details)
        if not fields:
            raise NothingToAmend
        self.details = details
        self.version += 1
        self.facts.append(Amended(fields))
