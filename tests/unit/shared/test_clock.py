"""One moment has one spelling."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from shared.clock import instant, now

offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def test_now_is_aware_and_in_utc() -> None:
    assert now().tzinfo is UTC


def test_a_moment_is_spelled_with_microseconds_and_a_z() -> None:
    assert instant(datetime(2026, 3, 1, 9, 30, tzinfo=UTC)) == "2026-03-01T09:30:00.000000Z"


@given(st.datetimes(datetime(1900, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)), offsets)  # noqa: DTZ001
def test_a_moment_is_spelled_alike_wherever_it_is_told(moment: datetime, offset: timezone) -> None:
    assert instant(moment.astimezone(offset)) == instant(moment)


@given(st.datetimes(datetime(1900, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_spelling_can_be_read_back(moment: datetime) -> None:
    assert datetime.fromisoformat(instant(moment)) == moment


@given(*[st.datetimes(datetime(1900, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))] * 2)  # noqa: DTZ001
def test_spellings_sort_as_moments_do(one: datetime, other: datetime) -> None:
    assert (instant(one) < instant(other)) == (one < other)
