"""A legal deadline is counted in working days, from the local day of opening."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.adapters.calendars import HolidayCalendars
from services.cases.domain.bundle import Deadline
from services.cases.domain.deadlines import due, due_on

CALENDARS = HolidayCalendars()
FRIDAY = date(2026, 11, 20)


def test_a_weekend_does_not_count() -> None:
    assert due_on(FRIDAY, 1, frozenset()) == date(2026, 11, 23)


def test_a_public_holiday_does_not_count() -> None:
    christmas = {date(2026, 12, 25), date(2026, 12, 28)}
    assert due_on(date(2026, 12, 24), 1, christmas) == date(2026, 12, 29)


@pytest.mark.parametrize(
    ("calendar", "opened", "expected"),
    [
        ("GB-ENG", datetime(2026, 12, 24, 12, tzinfo=UTC), date(2026, 12, 29)),  # Boxing Day is observed on the 28th
        ("NL", datetime(2026, 4, 24, 12, tzinfo=UTC), date(2026, 4, 28)),  # the King's birthday
        ("GB-SCT", datetime(2026, 11, 27, 12, tzinfo=UTC), date(2026, 12, 1)),  # Saint Andrew
        ("GB-ENG", datetime(2026, 11, 27, 12, tzinfo=UTC), date(2026, 11, 30)),
    ],
)
def test_every_country_has_its_own_free_days(calendar: str, opened: datetime, expected: date) -> None:
    assert due(Deadline(1, calendar), opened, CALENDARS) == expected


def test_the_day_of_opening_is_the_local_one() -> None:
    late = datetime(2026, 7, 2, 23, 30, tzinfo=UTC)  # a Thursday in UTC, Friday half past midnight in London
    assert due(Deadline(1, "GB-ENG", "UTC"), late, CALENDARS) == date(2026, 7, 3)
    assert due(Deadline(1, "GB-ENG", "Europe/London"), late, CALENDARS) == date(2026, 7, 6)


def test_a_type_without_a_deadline_is_never_due() -> None:
    assert due(None, datetime(2026, 1, 1, tzinfo=UTC), CALENDARS) is None


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.integers(1, 120),
    st.sets(st.dates(date(2000, 1, 1), date(2091, 1, 1)), max_size=30),
)
def test_exactly_so_many_working_days_lie_between(opened: date, days: int, free: set[date]) -> None:
    last = due_on(opened, days, free)
    between = (opened + timedelta(days=n) for n in range(1, (last - opened).days + 1))
    working = [day for day in between if day.weekday() < 5 and day not in free]
    assert len(working) == days
    assert working[-1] == last
