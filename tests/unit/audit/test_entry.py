"""A leaf holds the event's own bytes unchanged, has one spelling, and links every subject's entries."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.entry import Head, Link, leaf_bytes, links_for, read_leaf
from services.audit.domain.errors import LeafMalformed
from tests.support.logged_events import event_body, event_fields

RECEIVED = datetime(2026, 11, 5, 12, 34, 56, 7, tzinfo=UTC)
A, B = str(UUID(int=10)), str(UUID(int=11))


def test_a_leaf_is_the_event_and_what_the_log_knew() -> None:
    leaf = leaf_bytes(b'{"a":1}', RECEIVED, [Link(A, 1, None), Link(B, 3, 17)])
    assert leaf == (
        b'{"event":{"a":1},"log":{"received":"2026-11-05T12:34:56.000007Z","subjects":'
        b'[["00000000-0000-0000-0000-00000000000a",1,null],["00000000-0000-0000-0000-00000000000b",3,17]]},"v":1}'
    )


@given(
    st.integers(0, 2**55).map(
        lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    ),
    st.dictionaries(
        st.uuids().map(str), st.none() | st.tuples(st.integers(1, 2**40), st.integers(0, 2**50)), max_size=5
    ),
    st.dictionaries(st.text(st.characters(max_codepoint=127)), st.text(st.characters(exclude_categories=["Cs"]))),
)
def test_every_leaf_is_canonical_json_and_comes_back(
    received: datetime, heads: dict[str, tuple[int, int] | None], data: dict[str, Any]
) -> None:
    fields = event_fields(data=data)
    event = rfc8785.dumps(fields)
    links = links_for(sorted(heads), {subject: Head(*head) for subject, head in heads.items() if head})
    leaf = leaf_bytes(event, received, links)
    log = {
        "received": received.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "subjects": [list(link) for link in links],
    }
    assert leaf == rfc8785.dumps({"event": fields, "log": log, "v": 1})
    assert event in leaf
    assert read_leaf(leaf) == (read := read_leaf(leaf))
    assert (read.event, read.received_at, read.links) == (event, received, links)


def test_an_event_that_looks_like_the_end_of_a_leaf_stays_whole() -> None:
    data = {"log": {"received": RECEIVED.isoformat(), "subjects": []}, "text": '},"log":{"received":"'}
    event = event_body(data=data)
    leaf = leaf_bytes(event, RECEIVED, [Link(A, 1, None)])
    assert read_leaf(leaf).event == event


def test_the_time_of_arrival_is_written_in_utc() -> None:
    elsewhere = RECEIVED.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert leaf_bytes(b"{}", elsewhere, []) == leaf_bytes(b"{}", RECEIVED, [])


def test_chains_start_at_one_and_point_back() -> None:
    assert links_for([A, B], {B: Head(4, 99)}) == (Link(A, 1, None), Link(B, 5, 99))


GOOD = leaf_bytes(b'{"a":1}', RECEIVED, [Link(A, 1, None), Link(B, 3, 17)])


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"{}",
        GOOD[:-1],
        GOOD + b" ",
        GOOD.replace(b'"v":1', b'"v":2'),
        GOOD.replace(b",1,null", b",0,null"),
        GOOD.replace(b",1,null", b",2,null"),
        GOOD.replace(b",1,null", b",1,5"),
        GOOD.replace(b",3,17", b",3,-1"),
        GOOD.replace(b",3,17", b",3,null"),
        GOOD.replace(b",3,17", b",3"),
        GOOD.replace(b",3,17", b",3,17,1"),
        GOOD.replace(b",3,17", b",true,17"),
        GOOD.replace(b",3,17", b",3.0,17"),
        GOOD.replace(b",3,17", b", 3,17"),
        GOOD.replace(b"00000a", b"00000c"),
        GOOD.replace(b"00000a", b"00000b"),
        GOOD.replace(b"00000a", b"00000A"),
        GOOD.replace(b"00000a", b"0000a"),
        GOOD.replace(b"2026-11", b"2026-13"),
        GOOD.replace(b".000007Z", b"Z"),
        GOOD.replace(b".000007Z", b".00+00:00"),
        GOOD.replace(b'{"a":1}', b"[]"),
        GOOD.replace(b'{"a":1}', b'{"a":}'),
        GOOD.replace(b'{"a":1}', b'{"a":"\xff"}'),
        GOOD.replace(b'{"a":1}', b'{"a":1},"b":{}'),
    ],
)
def test_what_the_log_would_not_have_written_is_refused(leaf: bytes) -> None:
    with pytest.raises(LeafMalformed):
        read_leaf(leaf)


def test_a_leaf_that_no_bundle_could_hold_is_refused() -> None:
    links = [Link(str(UUID(int=value)), 1, None) for value in range(1, 1500)]
    with pytest.raises(LeafMalformed):
        leaf_bytes(b"{}", RECEIVED, links)
