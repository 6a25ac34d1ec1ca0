"""What comes in can be given back as it came, or is refused without repeating it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.application.accepting import storable, when
from services.cases.domain.errors import FormFaulty, MigrationOnly
from tests.support.actors import staff

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def nested(depth: int) -> Any:
    value: Any = "canary"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "answer",
    ["\x00", "\ud800", 2**70, -(2**53), float("nan"), float("inf"), "x" * 70_000, nested(500), {"\x00": 1}, ["\udfff"]],
    ids=["NUL", "surrogate", "huge", "below 53 bits", "NaN", "infinite", "long", "deep", "NUL in a name", "in a list"],
)
def test_what_a_store_could_not_give_back_is_refused(answer: Any) -> None:
    with pytest.raises(FormFaulty) as error:
        storable({"canary": answer})
    (fault,) = error.value.details["errors"]
    assert fault["pointer"] == "/data"
    assert "canary" not in fault["detail"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.just("name"), children, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from("abc"), JSON))
def test_plain_answers_are_accepted(data: dict[str, Any]) -> None:
    storable(data)


def test_things_happen_when_they_are_recorded_unless_a_migration_says_otherwise() -> None:
    then = datetime(2011, 1, 1, tzinfo=UTC)
    assert when(None, None, staff("caseworker"), NOW) == NOW
    assert when(then, "somebody", staff("migration"), NOW) == then
    for occurred_at, resource in ((then, None), (None, "somebody")):
        with pytest.raises(MigrationOnly):
            when(occurred_at, resource, staff("caseworker"), NOW)


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)])
def test_a_time_that_cannot_be_true_is_refused(moment: datetime) -> None:
    with pytest.raises(FormFaulty):
        when(moment, None, staff("migration"), NOW)
