"""A team: some people of one department who work together."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.gateway.domain.errors import LeadNotMember, NothingToAmend
from shared.errors import Stale

DESCRIBED = ("name", "department", "lead", "members", "external_id")


@dataclass(frozen=True)
class TeamDescription:
    """What a team is. Whoever leads it is in it."""

    name: str
    department: str
    lead: UUID | None = None
    members: frozenset[UUID] = frozenset()
    external_id: str | None = None

    def __post_init__(self) -> None:
        if self.lead is not None and self.lead not in self.members:
            raise LeadNotMember(errors=[{"pointer": "/lead", "detail": "must be one of the members"}])

    def differing(self, other: "TeamDescription") -> tuple[str, ...]:
        """The fields in which two teams differ."""
        return tuple(name for name in DESCRIBED if getattr(self, name) != getattr(other, name))


@dataclass(frozen=True)
class Changed:
    """What a change of a team was: which fields, who came, who went."""

    fields: tuple[str, ...]
    came: tuple[UUID, ...]
    went: tuple[UUID, ...]


@dataclass
class Team:
    """One team at one version."""

    id: UUID
    description: TeamDescription
    created_at: datetime
    changed_at: datetime
    removed_at: datetime | None = None
    version: int = 1
    changes: list[Changed] = field(default_factory=list)

    def amend(self, version: int, at: datetime, **changes: Any) -> Changed:
        """Change what is still at `version`, and say how; raises Stale where it is not."""
        if version != self.version:
            raise Stale(current_version=self.version)
        return self._change(replace(self.description, **changes), at)

    def lose(self, member: UUID, at: datetime) -> Changed:
        """Somebody is gone; if they led it, nobody does."""
        now = self.description
        lead = None if now.lead == member else now.lead
        return self._change(replace(now, lead=lead, members=now.members - {member}), at)

    def remove(self, at: datetime) -> None:
        """It is no more, and nobody is in it."""
        self.removed_at = self.changed_at = at
        self.version += 1
        self.description = replace(self.description, lead=None, members=frozenset())

    def _change(self, description: TeamDescription, at: datetime) -> Changed:
        before = self.description
        fields = description.differing(before)
        if not fields:
            raise NothingToAmend
        changed = Changed(
            fields,
            came=tuple(sorted(description.members - before.members)),
            went=tuple(sorted(before.members - description.members)),
        )
        self.description, self.changed_at = description, at
        self.version += 1
        self.changes.append(changed)
        return changed
