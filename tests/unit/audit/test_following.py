"""Every chain through the log is followed: a step that is missing, doubled or out of place is noticed."""

import random

import pytest

from services.audit.domain.errors import LeafMalformed
from services.audit.domain.following import Following, Step
from services.audit.domain.gaps import Interval


def followed(*numbers: int) -> Following:
    following = Following()
    for index, number in enumerate(numbers):
        following.follow(index, "cases", "e1", number, [])
    return following


def chain(*steps: Step) -> None:
    following = Following()
    for index, step in enumerate(steps):
        following.follow(index, "cases", "e1", index + 1, [step])


def test_numbers_in_any_order_leave_no_hole() -> None:
    numbers = list(range(1, 200))
    random.Random(7).shuffle(numbers)

    assert followed(*numbers).holes() == {}


def test_missing_numbers_are_holes() -> None:
    assert followed(1, 2, 5, 9, 8).holes() == {("cases", "e1"): [Interval(3, 4), Interval(6, 7)]}


@pytest.mark.parametrize("numbers", [(1, 1), (1, 3, 3), (1, 2, 3, 2)])
def test_a_number_that_comes_twice_is_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(LeafMalformed, match="twice"):
        followed(*numbers)


def test_a_whole_chain_is_followed() -> None:
    chain(("a", 1, None), ("b", 1, None), ("a", 2, 0), ("a", 3, 2), ("b", 2, 1))


@pytest.mark.parametrize(
    "steps",
    [
        [("a", 2, 0)],
        [("a", 1, None), ("a", 1, None)],
        [("a", 1, None), ("a", 3, 0)],
        [("a", 1, None), ("b", 1, None), ("a", 2, 1)],
    ],
    ids=["begins late", "begins twice", "skips a number", "names another entry"],
)
def test_a_broken_chain_is_refused(steps: list[Step]) -> None:
    with pytest.raises(LeafMalformed, match="chain"):
        chain(*steps)
