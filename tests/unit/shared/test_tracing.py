"""A trace goes through every hop; what is no trace begins a new one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.call import new_traceparent
from shared.observability.tracing import TRACEPARENT, begin, configure, flush

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_call_without_a_parent_begins_a_trace() -> None:
    one, other = begin("one"), begin("other")
    assert TRACEPARENT.match(one.traceparent)
    assert one.id != other.id


def test_a_call_with_a_parent_stays_in_its_trace() -> None:
    assert begin("inner", parent=PARENT).id == "0af7651916cd43dd8448eb211c80319c"


def test_where_nothing_is_recorded_the_context_is_passed_on_as_it_came() -> None:
    assert begin("inner", parent=PARENT).traceparent == PARENT


@pytest.mark.parametrize(
    "parent",
    [
        None,
        "",
        "nonsense",
        PARENT[:-1],
        PARENT + "-more",
        PARENT.upper(),
        "ff" + PARENT[2:],
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
    ],
)
def test_what_is_no_traceparent_begins_a_new_trace(parent: str | None) -> None:
    begun = begin("inner", parent=parent)
    assert TRACEPARENT.match(begun.traceparent)
    assert begun.traceparent != parent


@given(st.text(max_size=80))
def test_no_header_whatever_makes_it_fail(parent: str) -> None:
    assert TRACEPARENT.match(begin("inner", parent=parent).traceparent)


def test_ending_and_flushing_need_no_collector() -> None:
    configure("test", None)
    begun = begin("work")
    begun.end("failed")
    flush()
    assert begun.span is None


def test_work_that_nobodys_trace_began_has_one_of_its_own() -> None:
    one, other = new_traceparent(), new_traceparent()
    assert TRACEPARENT.match(one)
    assert one != other
    assert begin("inner", parent=one).id == one[3:35]
