"""Holes in the producers' streams: every producer numbers its events without a gap, so a missing number is a lost event.

Heartbeats tell how far a stream goes, so that even the loss of its last events is noticed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

GRACE = timedelta(seconds=15)
"""How long a number may be late (redelivery, two consumers changing over) before its absence is put on record."""


class Interval(NamedTuple):
    """The numbers from `first` to `last`, both included."""

    first: int
    last: int


class Suspicion(NamedTuple):
    """Numbers that are missing, and since when."""

    first: int
    last: int
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to put on record about one stream, and what to keep watching."""

    opened: tuple[Interval, ...]
    closed: tuple[Interval, ...]
    suspected: tuple[Suspicion, ...]


def missing(seen: Iterable[tuple[int, int]], *, head: int, start: int = 1) -> list[Interval]:
    """The numbers from `start` to `head` that are in none of the `seen` intervals."""
    return subtract([Interval(start, head)] if start <= head else [], seen)


def judge(
    *,
    missing: Sequence[Interval],
    open_gaps: Sequence[Interval],
    suspected: Sequence[Suspicion],
    now: datetime,
    grace: timedelta = GRACE,
) -> Judgement:
    """Which gaps to open and to close, given what one stream misses now.

    A gap opens once its numbers have been missing for all of `grace`, and closes when the last of them has arrived.
    """
    unrecorded = subtract(missing, open_gaps)
    watched = [Suspicion(*part, old.noticed_at) for old in suspected for part in intersect(unrecorded, [old[:2]])]
    watched += [Suspicion(*part, now) for part in subtract(unrecorded, [old[:2] for old in suspected])]
    watched.sort()
    overdue = [one for one in watched if now - one.noticed_at >= grace]
    return Judgement(
        opened=tuple(Interval(one.first, one.last) for one in overdue),
        closed=tuple(gap for gap in open_gaps if not intersect(missing, [gap])),
        suspected=tuple(one for one in watched if now - one.noticed_at < grace),
    )


def subtract(intervals: Iterable[tuple[int, int]], removed: Iterable[tuple[int, int]]) -> list[Interval]:
    """What is left of `intervals` without `removed`, sorted."""
    holes, left = sorted(removed), []
    for first, last in sorted(intervals):
        begin = first
        for hole_first, hole_last in holes:
            if hole_last < begin:
                continue
            if hole_first > last:
                break
            if begin < hole_first:
                left.append(Interval(begin, hole_first - 1))
            begin = hole_last + 1
        if begin <= last:
            left.append(Interval(begin, last))
    return left


def intersect(intervals: Iterable[tuple[int, int]], others: Iterable[tuple[int, int]]) -> list[Interval]:
    """The parts that `intervals` and `others` have in common."""
    kept = sorted(others)
    return [
        Interval(max(first, start), min(last, end))
        for first, last in sorted(intervals)
        for start, end in kept
        if max(first, start) <= min(last, end)
    ]
