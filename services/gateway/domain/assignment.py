"""A role given for a time, everywhere or for one case or contact; or what keeps somebody out of it."""

import hmac
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

from services.gateway.domain.errors import (
    AlreadyAssigned,
    AlreadyReviewed,
    AssignmentOver,
    Excluded,
    NotAChallenge,
    OwnChallenge,
    OwnExclusion,
    OwnRole,
    RoleAboveAuthority,
    RoleUnknown,
    TooManyGrants,
)
from services.gateway.domain.periods import Period
from services.gateway.domain.roles import IN_EMERGENCIES, ROLES, Kind, may_give, may_take_back

MOST_GRANTS: Final = 100
"""For single cases and contacts, of one person: they travel with them. More than that is a role."""
Outcome = Literal["justified", "unjustified"]


@dataclass(frozen=True)
class Granter:
    """Who gives or takes back, and what they hold."""

    id: UUID
    roles: AbstractSet[str]
    on_behalf_of: UUID | None = None

    def stands_for(self, id: UUID) -> bool:
        """Whether it is them, or for whom they act."""
        return id in (self.id, self.on_behalf_of)


@dataclass
class Assignment:
    """One assignment, and what became of it."""

    id: UUID
    holder: UUID
    department: str
    kind: Kind
    role: str | None
    about: UUID | None
    period: Period
    reason: str
    note: str
    salt: bytes
    granted_by: UUID
    granted_at: datetime
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    end_reason: str | None = None
    review_due: datetime | None = None
    reviewed_at: datetime | None = None
    reviewed_by: UUID | None = None
    outcome: Outcome | None = None
    review_note: str | None = None

    @property
    def version(self) -> int:
        """One more with everything that became of it."""
        return 1 + (self.ended_at is not None) + (self.reviewed_at is not None)

    def in_force(self, at: datetime) -> bool:
        """Whether it counts at a moment."""
        return self.ended_at is None and self.period.holds(at)

    def over(self, at: datetime) -> bool:
        """Whether it will never count again."""
        return self.ended_at is not None or (self.period.ends_at is not None and self.period.ends_at <= at)

    def end(self, granter: Granter, reason: str, at: datetime) -> None:
        """It counts no longer. Whoever holds a role may give it back; nobody lifts their own exclusion."""
        if granter.stands_for(self.holder) and self.kind == "excluded":
            raise OwnExclusion
        if granter.id != self.holder and not may_take_back(granter.roles, self.kind, self.role):
            raise RoleAboveAuthority(role=self.role, kind=self.kind)
        self.close(granter.id, reason, at)

    def close(self, by: UUID, reason: str, at: datetime) -> None:
        """It counts no longer, whoever says so."""
        if self.over(at):
            raise AssignmentOver
        self.ended_at, self.ended_by, self.end_reason = at, by, reason

    def review(self, by: Granter, outcome: Outcome, note: str, at: datetime) -> None:
        """Somebody else judges an emergency access; an unjustified one ends."""
        if self.kind != "challenged":
            raise NotAChallenge
        if by.stands_for(self.holder):
            raise OwnChallenge
        if self.reviewed_at is not None:
            raise AlreadyReviewed(outcome=self.outcome)
        self.reviewed_at, self.reviewed_by, self.outcome, self.review_note = at, by.id, outcome, note
        if outcome == "unjustified" and not self.over(at):
            self.ended_at, self.ended_by, self.end_reason = at, by.id, outcome

    def digest(self, text: str) -> str:
        """What the record may say of a text: nothing, once text and salt are erased together."""
        return hmac.new(self.salt, text.encode(), sha256).hexdigest()


def check_gift(wish: Assignment, granter: Granter, theirs: Sequence[Assignment], at: datetime) -> None:
    """Raises where this may not be given by this granter to somebody who has these already."""
    if granter.stands_for(wish.holder):
        raise OwnRole
    if wish.kind != "excluded" and wish.role not in ROLES:
        raise RoleUnknown(errors=[{"pointer": "/role", "detail": f"must be one of {', '.join(sorted(ROLES))}"}])
    if not may_give(granter.roles, wish.kind, wish.role):
        raise RoleAboveAuthority(role=wish.role, kind=wish.kind)
    if wish.kind == "specific":
        check_not_excluded(wish, theirs, at)
    check_room(wish, theirs, at)


def check_emergency(wish: Assignment, granter: Granter, theirs: Sequence[Assignment], at: datetime) -> None:
    """Raises where somebody may not take this for themselves."""
    if wish.role not in IN_EMERGENCIES or wish.role not in granter.roles:
        raise RoleAboveAuthority("In an emergency you act in a role that you have.", role=wish.role)
    check_not_excluded(wish, theirs, at)
    check_room(wish, theirs, at)


def check_room(wish: Assignment, theirs: Sequence[Assignment], at: datetime) -> None:
    """Raises AlreadyAssigned for the same at the same time, and TooManyGrants where no more can travel."""
    open_ones = [one for one in theirs if not one.over(at)]
    same = (wish.kind, wish.role, wish.about)
    for one in open_ones:
        if (one.kind, one.role, one.about) == same and one.period.overlaps(wish.period):
            raise AlreadyAssigned(assignment_id=str(one.id))
    if wish.kind == "standard":
        return
    # what keeps somebody out is never crowded out by what lets them in
    counted = [
        one for one in open_ones if one.kind == "excluded" or (wish.kind != "excluded" and one.kind != "standard")
    ]
    if len(counted) >= MOST_GRANTS:
        raise TooManyGrants(most=MOST_GRANTS)


def check_not_excluded(wish: Assignment, theirs: Sequence[Assignment], at: datetime) -> None:
    """Raises Excluded where a conflict of interest keeps the holder out, now or later."""
    if any(one.kind == "excluded" and one.about == wish.about and not one.over(at) for one in theirs):
        raise Excluded
