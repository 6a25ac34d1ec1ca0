"""Only what has one spelling and says what an event must say is put on record as an event."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.errors import EventMalformed
from services.audit.domain.event import LARGEST_EVENT, LARGEST_INTEGER, read_event
from shared.contracts.envelope import MAXIMUM_BYTES, MAXIMUM_INTEGER, canonical
from tests.support.logged_events import event_body, event_fields

SUBJECT, CASE, CONTACT = (str(UUID(int=value)) for value in (3, 2, 1))


def test_an_event_is_read_field_by_field() -> None:
    event = read_event(event_body(sequence=42, subject=SUBJECT, time="2025-01-02T03:04:05+01:00"))
    assert event.sequence == 42
    assert event.producer == "cases"
    assert event.epoch == "e1"
    assert event.subject == UUID(SUBJECT)
    assert event.occurred_at == datetime(2025, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert event.recorded_at == datetime(2026, 11, 5, 12, 34, 56, 123456, tzinfo=UTC)
    assert event.trace_id == "a" * 32
    assert event.subjects == (SUBJECT,)


def test_an_event_is_about_its_subject_and_all_that_its_data_names() -> None:
    data = {
        "case_id": CASE,
        "contact_id": CONTACT,
        "subjects": [SUBJECT, CASE, str(UUID(int=9))],
        "other": str(uuid4()),
    }
    event = read_event(event_body(subject=SUBJECT, data=data))
    assert event.subjects == (CONTACT, CASE, SUBJECT, str(UUID(int=9)))


def test_what_is_no_uuid_is_no_subject() -> None:
    data = {"case_id": "CASE-7K3M-2QXD", "contact_id": None, "subjects": [1, "x", [CASE], {"id": CASE}]}
    assert read_event(event_body(subject=SUBJECT, data=data)).subjects == (SUBJECT,)
    assert read_event(event_body(subject=SUBJECT, data={"subjects": CASE})).subjects == (SUBJECT,)


def test_one_subject_has_one_spelling() -> None:
    upper = "ABCDEF00-0000-7000-8000-000000000001"
    event = read_event(event_body(subject=upper, data={"case_id": upper.lower()}))
    assert event.subjects == (upper.lower(),)


def test_an_event_without_a_trace_is_an_event() -> None:
    assert read_event(event_body(traceparent="")).trace_id is None
    fields = event_fields()
    del fields["traceparent"]
    assert read_event(canonical(fields)).trace_id is None


@pytest.mark.parametrize(
    "changed",
    [
        {"specversion": "2.0"},
        {"specversion": 1},
        {"id": "1"},
        {"id": "{00000000-0000-0000-0000-000000000001}"},
        {"type": ""},
        {"type": "a\nb"},
        {"type": "a\x00b"},
        {"type": 7},
        {"subject": "contacts/1"},
        {"subject": None},
        {"time": "yesterday"},
        {"time": "2026-13-01T00:00:00Z"},
        {"time": "2026-01-01T00:00:00"},
        {"time": "20260101T000000Z"},
        {"time": "0001-01-01T00:00:00+23:59"},
        {"recordedtime": 5},
        {"producer": "p" * 201},
        {"producer": None},
        {"epoch": 1},
        {"sequence": 1},
        {"sequence": "1"},
        {"sequence": "0" * 16},
        {"sequence": "-000000000000001"},
        {"department": []},
        {"actor": {}},
        {"data": None},
        {"data": []},
    ],
)
def test_an_event_with_a_field_that_is_not_what_it_must_be_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(EventMalformed):
        read_event(canonical(event_fields() | changed))


@pytest.mark.parametrize(
    "name", ["id", "type", "subject", "time", "recordedtime", "producer", "epoch", "sequence", "data"]
)
def test_an_event_without_a_field_it_needs_is_refused(name: str) -> None:
    fields = event_fields()
    del fields[name]
    with pytest.raises(EventMalformed):
        read_event(canonical(fields))


BODY = event_body()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff",
        b"\xef\xbb\xbf" + BODY,
        BODY + b"\n",
        BODY.replace(b":", b": ", 1),
        orjson.dumps(dict(reversed(event_fields().items()))),
        BODY.replace(b'"data":{}', b'"data":{},"data":{}'),
        BODY.replace(b'"data":{}', b'"data":{"a":1.5}'),
        BODY.replace(b'"data":{}', b'"data":{"a":1e3}'),
        BODY.replace(b'"data":{}', b'"data":{"a":-0}'),
        BODY.replace(b'"data":{}', b'"data":{"a":NaN}'),
        BODY.replace(b'"data":{}', b'"data":{"a":Infinity}'),
        BODY.replace(b'"data":{}', b'"data":{"a":9007199254740992}'),
        BODY.replace(b'"data":{}', b'"data":{"a":-9007199254740992}'),
        BODY.replace(b'"data":{}', b'"data":{"a":' + b"9" * 5000 + b"}"),
        BODY.replace(b'"data":{}', b'"data":{"a":"\\ud800"}'),
        BODY.replace(b'"data":{}', b'"data":{"a":"\\u0041"}'),
        BODY.replace(b'"data":{}', b'"data":{"a":"\\/"}'),
        BODY.replace(b'"data":{}', '"data":{"ä":1}'.encode()),
        BODY.replace(b'"data":{}', b'"data":{"a":' + b"[" * 7000 + b"]" * 7000 + b"}"),
        BODY.replace(b'"data":{}', b'"data":{"a":"' + b"x" * LARGEST_EVENT + b'"}'),
    ],
)
def test_bytes_that_are_not_the_one_spelling_of_an_event_are_refused(body: bytes) -> None:
    with pytest.raises(EventMalformed):
        read_event(body)


def test_the_largest_whole_numbers_are_accepted() -> None:
    assert read_event(event_body(data={"a": 2**53 - 1, "b": -(2**53) + 1})).sequence == 1


def test_the_log_takes_what_the_floor_may_send() -> None:
    assert (LARGEST_EVENT, LARGEST_INTEGER) == (MAXIMUM_BYTES, MAXIMUM_INTEGER)


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(EventMalformed) as refused:
        read_event(event_body(type="secret\n"))
    assert "secret" not in refused.value.message + str(refused.value.details)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=8), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=8), PLAIN, max_size=5))
def test_what_the_floor_writes_is_what_rfc_8785_says_and_what_the_log_accepts(data: dict[str, Any]) -> None:
    fields = event_fields(data=data)
    body = canonical(fields)
    assert body == rfc8785.dumps(fields)
    assert read_event(body).subject == UUID(fields["subject"])
    assert json.loads(body)["data"] == data
