"""That somebody may act for somebody else, from a day to a day: a mandate between contacts, a delegation among staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from services.gateway.domain.authority_errors import AuthorityOver, AuthorityTooLong, OwnAuthority, RoleNotYours
from services.gateway.domain.errors import PeriodImpossible

LONGEST: Final = {"mandate": timedelta(days=5 * 366), "delegation": timedelta(days=92)}
LONGEST_RECORDED: Final = timedelta(days=366)
"""Of a mandate that staff record: its proof is looked at again each year. The principal's own word may hold longer."""
NEVER_DELEGATED: Final = frozenset(("administrator", "security_officer", "privacy_officer", "auditor"))
"""Oversight is nobody's to lend."""
Kind = Literal["mandate", "delegation"]


@dataclass
class Authority:
    """One permission to act for somebody."""

    id: UUID
    kind: Kind
    principal: UUID
    representative: UUID
    roles: tuple[str, ...]
    department: str
    begins_at: datetime
    ends_at: datetime
    reason: str
    granted_by: UUID
    granted_at: datetime
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    end_reason: str | None = None

    def __post_init__(self) -> None:
        if self.principal == self.representative:
            raise OwnAuthority

    @classmethod
    def grant(
        cls,
        id: UUID,
        kind: Kind,
        *,
        principal: UUID,
        representative: UUID,
        department: str,
        begins_at: datetime | None,
        ends_at: datetime,
        reason: str,
        by: UUID,
        at: datetime,
        roles: tuple[str, ...] = (),
        recorded: bool = False,
    ) -> "Authority":
        """A new one; raises where it is for nobody, for ever, or was over before it began."""
        begins = max(begins_at or at, at)
        if ends_at <= begins:
            raise PeriodImpossible
        longest = LONGEST_RECORDED if recorded else LONGEST[kind]
        if ends_at - begins > longest:
            raise AuthorityTooLong(days=longest.days)
        return cls(
            id, kind, principal, representative, tuple(sorted(set(roles))), department, begins, ends_at, reason, by, at
        )

    def end(self, reason: str, by: UUID, at: datetime) -> None:
        """No more from now on."""
        if self.ended_at is not None or self.ends_at <= at:
            raise AuthorityOver
        self.ended_at, self.ended_by, self.end_reason = at, by, reason

    def in_force(self, at: datetime) -> bool:
        """Whether the one may act for the other now."""
        return self.ended_at is None and self.begins_at <= at < self.ends_at


def lendable(wanted: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    """The roles that somebody may lend; raises RoleNotYours where they have not all of them, or may not lend one."""
    if missing := sorted(set(wanted) - (set(own) - NEVER_DELEGATED)):
        raise RoleNotYours(roles=missing)
    return tuple(sorted(set(wanted)))
