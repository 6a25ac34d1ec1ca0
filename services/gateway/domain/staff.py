"""A member of staff: somebody who works for the government and may sign in."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.gateway.domain.errors import NothingToAmend, StaffActive, StaffInactive
from services.gateway.domain.staff_facts import Amended, Deactivated, Fact, Provisioned, Reactivated, Removed
from shared.errors import Stale

DESCRIBED = ("user_name", "display_name", "email", "department", "skills", "capacity", "external_id")


@dataclass(frozen=True)
class Description:
    """What the directory says of somebody."""

    user_name: str
    display_name: str
    department: str
    email: str | None = None
    skills: tuple[str, ...] = ()
    capacity: int = 0
    external_id: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "skills", tuple(sorted(set(self.skills))))

    def filled(self) -> tuple[str, ...]:
        """The fields that say something."""
        return tuple(name for name in DESCRIBED if getattr(self, name) not in (None, ()))

    def differing(self, other: "Description") -> tuple[str, ...]:
        """The fields in which two descriptions differ."""
        return tuple(name for name in DESCRIBED if getattr(self, name) != getattr(other, name))


@dataclass
class Staff:
    """One member of staff at one version, and what happened to them since they were loaded."""

    id: UUID
    description: Description
    active: bool
    provisioned_at: datetime
    changed_at: datetime
    removed_at: datetime | None = None
    version: int = 1
    facts: list[Fact] = field(default_factory=list)

    @classmethod
    def provision(cls, id: UUID, description: Description, *, active: bool, at: datetime) -> "Staff":
        """A new member of staff."""
        staff = cls(id, description, active, at, at)
        staff.facts.append(Provisioned(description.filled(), active))
        return staff

    def provision_again(self, description: Description, *, active: bool, at: datetime) -> None:
        """Somebody who was removed is back, as described now."""
        self.description, self.active, self.removed_at = description, active, None
        self._changed(Provisioned(description.filled(), active), at)

    def amend(self, version: int, at: datetime, **changes: Any) -> tuple[str, ...]:
        """Change what is still at `version`, and say which fields; raises Stale where it is not."""
        if version != self.version:
            raise Stale(current_version=self.version)
        description = replace(self.description, **changes)
        fields = description.differing(self.description)
        if not fields:
            raise NothingToAmend
        self.description = description
        self._changed(Amended(fields), at)
        return fields

    def deactivate(self, reason: str, at: datetime) -> None:
        """They may do nothing from now on."""
        if not self.active:
            raise StaffInactive
        self.active = False
        self._changed(Deactivated(reason), at)

    def reactivate(self, reason: str, at: datetime) -> None:
        """They are back."""
        if self.active:
            raise StaffActive
        self.active = True
        self._changed(Reactivated(reason), at)

    def remove(self, reason: str, at: datetime) -> None:
        """They are shown no longer, and may do nothing."""
        self.active, self.removed_at = False, at
        self._changed(Removed(reason), at)

    def _changed(self, fact: Fact, at: datetime) -> None:
        self.version += 1
        self.changed_at = at
        self.facts.append(fact)
