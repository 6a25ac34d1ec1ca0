"""Faults last for as many messages as was said, and a wish that cannot be understood changes nothing."""

from typing import Any

import pytest

from deploy.local.sink.faults import Faults, FaultUnknown


def test_without_a_wish_nothing_goes_wrong() -> None:
    assert Faults().meet().mode == "none"


def test_a_fault_lasts_for_as_many_messages_as_was_said() -> None:
    faults = Faults()
    faults.wish({"mode": "reject", "for": 2})
    assert [faults.meet().mode for _ in range(4)] == ["reject", "reject", "none", "none"]


def test_a_fault_without_a_number_lasts_until_it_is_taken_back() -> None:
    faults = Faults()
    faults.wish({"mode": "tempfail"})
    assert {faults.meet().mode for _ in range(100)} == {"tempfail"}
    faults.wish({"mode": "none"})
    assert faults.meet().mode == "none"


@pytest.mark.parametrize(
    "wish",
    [
        None,
        [],
        "reject",
        {},
        {"mode": "explode"},
        {"mode": ["reject"]},
        {"mode": "reject", "for": 0},
        {"mode": "reject", "for": -1},
        {"mode": "reject", "for": True},
        {"mode": "reject", "for": 1.5},
        {"mode": "reject", "for": 10**400},
        {"mode": "slow", "seconds": -1},
        {"mode": "slow", "seconds": "5"},
        {"mode": "slow", "seconds": float("nan")},
        {"mode": "slow", "seconds": float("inf")},
        {"mode": "reject", "until": "tomorrow"},
    ],
)
def test_a_wish_that_cannot_be_understood_changes_nothing(wish: Any) -> None:
    faults = Faults()
    faults.wish({"mode": "slow", "seconds": 1})
    with pytest.raises(FaultUnknown):
        faults.wish(wish)
    assert faults.now().mode == "slow"
