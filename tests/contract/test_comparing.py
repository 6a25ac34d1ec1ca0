"""The comparison that guards the golden files sees what breaks, and lets pass what does not."""

from typing import Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, Field, create_model

from tests.contract.comparing import breaks

FORBID = ConfigDict(extra="forbid")


def schema(config: ConfigDict | None = None, **fields: Any) -> dict[str, Any]:
    return create_model("Example", __config__=config, **fields).model_json_schema()  # type: ignore[no-any-return]


class Inner(BaseModel):
    kind: Literal["a", "b"]


class InnerNarrowed(BaseModel):
    kind: Literal["a"]


TEXT = (str, ...)
BREAKING: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a field is removed": ({"a": TEXT, "b": (str, "")}, {"a": TEXT}, "b was removed or renamed"),
    "a field is renamed": ({"name": (str, "")}, {"title": (str, "")}, "name was removed or renamed"),
    "a new field is needed": ({"a": TEXT}, {"a": TEXT, "b": TEXT}, "b is needed but may be absent"),
    "a field becomes needed": ({"a": (str, "")}, {"a": TEXT}, "a is needed but may be absent"),
    "a type changes": ({"a": TEXT}, {"a": (int, ...)}, "a was string and is read as integer"),
    "a text becomes an id": ({"a": TEXT}, {"a": (UUID, ...)}, "a was string and is read as uuid"),
    "absence is refused": ({"a": (str | None, None)}, {"a": (str, "")}, "a was null and is read as string"),
    "a word is dropped": ({"a": (Literal["x", "y"], ...)}, {"a": (Literal["x"], ...)}, "a no longer takes 'y'"),
    "a text becomes a word": ({"a": TEXT}, {"a": (Literal["x"], ...)}, "a was any string and is read as one of ['x']"),
    "a length shrinks": (
        {"a": (str, Field(max_length=9))},
        {"a": (str, Field(max_length=5))},
        "a is narrower: maxLength was 9 and is 5",
    ),
    "a pattern appears": (
        {"a": TEXT},
        {"a": (str, Field(pattern="^x$"))},
        "a is narrower: pattern was not limited and is ^x$",
    ),
    "a list's items change": (
        {"a": (list[str], ...)},
        {"a": (list[int], ...)},
        "a[] was string and is read as integer",
    ),
    "a nested word is dropped": ({"a": (Inner, ...)}, {"a": (InnerNarrowed, ...)}, "a.kind no longer takes 'b'"),
}


@pytest.mark.parametrize("change", BREAKING)
def test_a_change_of_a_request_that_breaks_is_named(change: str) -> None:
    old, new, said = BREAKING[change]
    assert said in breaks(schema(FORBID, **old), schema(FORBID, **new), sent_to_us=True)


@pytest.mark.parametrize("change", BREAKING)
def test_a_change_of_an_answer_that_breaks_what_was_kept_is_named(change: str) -> None:
    old, new, said = BREAKING[change]
    assert said in breaks(schema(**old), schema(**new), sent_to_us=False)


@pytest.mark.parametrize("sent_to_us", [True, False])
def test_a_new_field_with_a_default_breaks_nothing(sent_to_us: bool) -> None:
    config = FORBID if sent_to_us else None
    assert breaks(schema(config, a=TEXT), schema(config, a=TEXT, b=(int, 3)), sent_to_us=sent_to_us) == []


@pytest.mark.parametrize("sent_to_us", [True, False])
def test_a_new_word_breaks_nothing(sent_to_us: bool) -> None:
    old, new = schema(a=(Literal["x"], ...)), schema(a=(Literal["x", "y"], ...))
    assert breaks(old, new, sent_to_us=sent_to_us) == []


def test_a_request_may_ask_for_less() -> None:
    assert breaks(schema(FORBID, a=TEXT), schema(FORBID, a=(str | None, None)), sent_to_us=True) == []
    assert breaks(schema(a=(str, Field(max_length=5))), schema(a=(str, Field(max_length=9))), sent_to_us=True) == []


def test_an_answer_may_not_promise_less() -> None:
    found = breaks(schema(a=TEXT), schema(a=(str | None, None)), sent_to_us=False)
    assert found == ["a is needed but may be absent", "a was null and is read as string"]


def test_no_change_breaks_nothing() -> None:
    same = schema(FORBID, a=TEXT, b=(Inner, ...), c=(list[Inner] | None, None))
    assert breaks(same, same, sent_to_us=True) == []
    assert breaks(same, same, sent_to_us=False) == []
