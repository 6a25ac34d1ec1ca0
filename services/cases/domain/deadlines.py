"""By when: counting working days, given which days are free."""

from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import Protocol

from services.cases.domain.bundle import Deadline

SATURDAY = 5


class Calendars(Protocol):
    """Which days are free where, and which day it is there."""

    def free_days(self, calendar: str, first: date, last: date) -> Container[date]:
        """The public holidays of a calendar between two days."""
        ...

    def local_day(self, moment: datetime, timezone: str) -> date:
        """The day that a moment falls on in a timezone."""
        ...

    def fault(self, calendar: str, timezone: str) -> str | None:
        """What is wrong with the names, None where nothing is."""
        ...


def due_on(opened: date, working_days: int, free: Container[date]) -> date:
    """The last day in time: `working_days` working days after the day of opening, which itself never counts."""
    day, left = opened, working_days
    while left:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in free:
            left -= 1
    return day


def due(deadline: Deadline | None, opened_at: datetime, calendars: Calendars) -> date | None:
    """The due date of a case opened then, None where its type has no deadline."""
    if deadline is None:
        return None
    opened = calendars.local_day(opened_at, deadline.timezone)
    # weekends at most double the span, holidays are far fewer than the rest of the margin
    last = opened + timedelta(days=deadline.working_days * 2 + 60)
    return due_on(opened, deadline.working_days, calendars.free_days(deadline.calendar, opened, last))
