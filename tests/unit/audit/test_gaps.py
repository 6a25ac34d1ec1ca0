"""A missing number is noticed, put on record once it is late, and closed only when the last of it has arrived."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.gaps import GRACE, Interval, Suspicion, intersect, judge, missing, subtract

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
LATE = NOON + GRACE
INTERVALS = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 8)).map(lambda pair: (pair[0], sum(pair))), max_size=8
)


def numbers(intervals: list[Interval] | list[tuple[int, int]] | tuple[Interval, ...]) -> set[int]:
    return {number for first, last in intervals for number in range(first, last + 1)}


def test_nothing_is_missing_from_a_stream_without_holes() -> None:
    assert missing([(1, 10)], head=10) == []
    assert missing([], head=0) == []


def test_holes_and_the_lost_end_are_missing() -> None:
    assert missing([(3, 4), (7, 7)], head=10) == [(1, 2), (5, 6), (8, 10)]


def test_what_lies_below_the_start_is_known_to_be_there() -> None:
    assert missing([(7, 7)], start=5, head=8) == [(5, 6), (8, 8)]


def test_more_was_seen_than_the_last_heartbeat_told() -> None:
    assert missing([(1, 12)], head=10) == []


@given(INTERVALS, st.integers(1, 20), st.integers(0, 70))
def test_missing_is_every_number_that_was_not_seen(seen: list[tuple[int, int]], start: int, head: int) -> None:
    found = missing(seen, start=start, head=head)
    assert numbers(found) == set(range(start, head + 1)) - numbers(seen)
    assert found == sorted(found)


@given(INTERVALS.map(lambda seen: subtract(seen, [])), INTERVALS)
def test_intervals_are_sets_of_numbers(ours: list[Interval], theirs: list[tuple[int, int]]) -> None:
    assert numbers(subtract(ours, theirs)) == numbers(ours) - numbers(theirs)
    assert numbers(intersect(ours, theirs)) == numbers(ours) & numbers(theirs)


def test_a_number_may_be_late() -> None:
    first = judge(missing=[Interval(5, 6)], open_gaps=[], suspected=[], now=NOON)
    assert first.opened == ()
    assert first.suspected == (Suspicion(5, 6, NOON),)
    arrived = judge(missing=[], open_gaps=[], suspected=first.suspected, now=LATE)
    assert (arrived.opened, arrived.closed, arrived.suspected) == ((), (), ())


def test_a_number_that_stays_away_opens_a_gap_once() -> None:
    first = judge(missing=[Interval(5, 6)], open_gaps=[], suspected=[], now=NOON)
    almost = judge(
        missing=[Interval(5, 6)], open_gaps=[], suspected=first.suspected, now=LATE - timedelta(microseconds=1)
    )
    opened = judge(missing=[Interval(5, 6)], open_gaps=[], suspected=almost.suspected, now=LATE)
    again = judge(missing=[Interval(5, 6)], open_gaps=opened.opened, suspected=opened.suspected, now=LATE + GRACE)
    assert almost.opened == ()
    assert opened.opened == (Interval(5, 6),)
    assert (again.opened, again.closed, again.suspected) == ((), (), ())


def test_a_number_that_arrives_during_the_grace_is_not_put_on_record() -> None:
    opened = judge(missing=[Interval(5, 6), Interval(8, 9)], open_gaps=[], suspected=[Suspicion(5, 9, NOON)], now=LATE)
    assert opened.opened == (Interval(5, 6), Interval(8, 9))


def test_numbers_that_go_missing_later_have_their_own_grace() -> None:
    judged = judge(missing=[Interval(5, 12)], open_gaps=[], suspected=[Suspicion(5, 9, NOON)], now=LATE)
    assert judged.opened == (Interval(5, 9),)
    assert judged.suspected == (Suspicion(10, 12, LATE),)


def test_a_gap_closes_when_its_last_number_has_arrived() -> None:
    still = judge(missing=[Interval(6, 6)], open_gaps=[Interval(5, 7)], suspected=[], now=NOON)
    done = judge(missing=[], open_gaps=[Interval(5, 7)], suspected=[], now=NOON)
    assert (still.closed, still.suspected) == ((), ())
    assert done.closed == (Interval(5, 7),)


@given(st.lists(st.integers(0, 30), max_size=25), st.integers(1, 30))
def test_whatever_the_order_of_arrival_every_loss_is_on_record_and_nothing_else(order: list[int], head: int) -> None:
    now, arrived, open_gaps, suspected = NOON, set[int](), list[Interval](), tuple[Suspicion, ...]()
    for number in [*order, 0, 0]:
        arrived.add(number)
        gone = missing([(value, value) for value in arrived], head=head)
        judged = judge(missing=gone, open_gaps=open_gaps, suspected=suspected, now=now)
        assert not numbers(judged.opened) & (arrived | numbers(open_gaps))
        assert not any(numbers([gap]) - arrived for gap in judged.closed)
        open_gaps = [gap for gap in [*open_gaps, *judged.opened] if gap not in judged.closed]
        suspected = judged.suspected
        now += GRACE
    assert numbers(open_gaps) - arrived == set(range(1, head + 1)) - arrived
