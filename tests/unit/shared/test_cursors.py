"""A cursor says where a page ended; one that was not given out for this list is refused, never obeyed or crashed on."""

import base64
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.contracts.paging import Cursor
from shared.errors import Invalid
from shared.persistence.paging import CursorInvalid, decode, encode, page

moments = st.datetimes(datetime(1900, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def raw(value: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.integers(-(2**53), 2**53),
    moments,
    st.uuids(),
)
def test_a_position_comes_back_as_it_was(text: str, number: int, moment: datetime, id: UUID) -> None:
    assert decode(encode(text, number, moment, id), str, int, datetime, UUID) == [text, number, moment, id]


@given(moments, st.uuids())
def test_a_cursor_fits_the_contract_for_cursors(moment: datetime, id: UUID) -> None:
    cursor = encode(moment, id)
    assert TypeAdapter(Cursor).validate_python(cursor) == cursor


@given(st.text(max_size=100))
def test_no_text_whatever_makes_reading_fail_in_another_way(text: str) -> None:
    with pytest.raises(CursorInvalid):
        decode(text, str, UUID)


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5), st.lists))
def test_no_json_whatever_is_obeyed_as_a_position(value: Any) -> None:
    with pytest.raises(CursorInvalid):
        decode(raw(value), int, UUID)


@pytest.mark.parametrize(
    ("position", "kinds"),
    [
        (["a"], [int]),
        ([1], [str]),
        ([True], [int]),
        ([1.0], [int]),
        ([None], [str]),
        ([2**63], [int]),
        (["a\x00b"], [str]),
        (["not a moment"], [datetime]),
        ([5], [datetime]),
        (["not an id"], [UUID]),
        ([5], [UUID]),
        (["a", "b"], [str]),
        (["a"], [str, str]),
        ({"a": 1}, [str]),
        ("ab", [str, str]),
        ([], [str]),
        ([["a"]], [str]),
    ],
    ids=str,
)
def test_parts_of_another_kind_are_refused(position: Any, kinds: list[type]) -> None:
    with pytest.raises(CursorInvalid):
        decode(raw(position), *kinds)


def test_a_refusal_says_what_to_do() -> None:
    assert issubclass(CursorInvalid, Invalid)
    assert CursorInvalid().error_code == "cursor_invalid"
    assert "begin without one" in CursorInvalid().message


def test_a_page_that_is_the_last_has_no_next() -> None:
    assert page([1, 2, 3], 3, lambda n: (n,)) == ([1, 2, 3], None)
    assert page([], 3, lambda n: (n,)) == ([], None)


def test_a_page_with_more_behind_it_says_where_it_ended() -> None:
    rows, following = page([1, 2, 3, 4], 3, lambda n: (n,))
    assert rows == [1, 2, 3]
    assert following is not None
    assert decode(following, int) == [3]


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=60).map(sorted), st.integers(1, 10))
def test_walking_the_pages_shows_everything_once(rows: list[int], limit: int) -> None:
    seen: list[int] = []
    cursor: str | None = None
    while True:
        after = decode(cursor, int)[0] if cursor else -1
        found = [row for row in rows if row > after][: limit + 1]
        shown, cursor = page(found, limit, lambda n: (n,))
        seen += shown
        if cursor is None:
            break
    assert seen == rows
