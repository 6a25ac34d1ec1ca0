"""From when until when: an assignment begins before it ends, and an emergency is over soon."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from services.gateway.domain.errors import PeriodImpossible

BEHIND: Final = timedelta(minutes=5)
"""How far another clock may be behind ours."""


@dataclass(frozen=True)
class Period:
    """From one moment on, to another or without end."""

    begins_at: datetime
    ends_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it: its beginning does, its end does not."""
        return self.begins_at <= at and (self.ends_at is None or at < self.ends_at)

    def overlaps(self, other: "Period") -> bool:
        """Whether two periods have a moment in common."""
        begins_before = other.ends_at is None or self.begins_at < other.ends_at
        return begins_before and (self.ends_at is None or other.begins_at < self.ends_at)


def period(begins_at: datetime | None, ends_at: datetime | None, at: datetime) -> Period:
    """The period asked for at a moment; raises PeriodImpossible."""
    begins = at if begins_at is None else begins_at
    if begins < at - BEHIND:
        raise PeriodImpossible(errors=[{"pointer": "/begins_at", "detail": "must not lie in the past"}])
    if ends_at is not None and ends_at <= max(begins, at):
        raise PeriodImpossible(
            errors=[{"pointer": "/ends_at", "detail": "must come after the beginning, and after now"}]
        )
    return Period(begins, ends_at)


@dataclass(frozen=True)
class Emergencies:
    """What is allowed of those who break the glass."""

    longest: timedelta = timedelta(hours=4)
    review_within: timedelta = timedelta(hours=72)

    def period(self, minutes: int, at: datetime) -> Period:
        """As long as asked for, but no longer than allowed, and not into another day (UTC)."""
        tomorrow = datetime.combine(at.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
        return Period(at, min(at + timedelta(minutes=minutes), at + self.longest, tomorrow))
