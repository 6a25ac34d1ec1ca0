"""The envelope is frozen: its bytes are what is hashed, signed and logged, today and in thirty years."""

import copy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from uuid import UUID

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.cases.events import CaseOpened
from shared.contracts.envelope import MAXIMUM_BYTES, MAXIMUM_INTEGER, Envelope, canonical, draft, number

CASE: Final = UUID("018f2b6e-7c1a-7d3e-9f00-0123456789ab")
CONTACT: Final = UUID("018f2b6e-7c1a-7d3e-9f00-cccccccccccc")
EVENT: Final = UUID("018f2b6e-7c1a-7d3e-9f00-eeeeeeeeeeee")
ACTOR: Final = UUID("018f2b6e-7c1a-7d3e-9f00-aaaaaaaaaaaa")
TRACEPARENT: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
RECORDED: Final = datetime(2026, 3, 1, 9, 30, 0, 5, tzinfo=UTC)

FROZEN: Final = (
    b'{"actor":"018f2b6e-7c1a-7d3e-9f00-aaaaaaaaaaaa",'
    b'"data":{"case_type":"street_permit","case_type_version":2,"contact_id":"018f2b6e-7c1a-7d3e-9f00-cccccccccccc",'
    b'"prefilled":["email","name"],"reference":"CASE-7K3M-2QXD","state":"received"},'
    b'"datacontenttype":"application/json","department":"city.permits","epoch":"e1",'
    b'"id":"018f2b6e-7c1a-7d3e-9f00-eeeeeeeeeeee","producer":"cases","recordedtime":"2026-03-01T09:30:00.000005Z",'
    b'"sequence":"0000000000000042","source":"/tellus/cases","specversion":"1.0",'
    b'"subject":"018f2b6e-7c1a-7d3e-9f00-0123456789ab","subjectversion":1,"time":"2026-02-28T23:00:00.000000Z",'
    b'"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","type":"tellus.case.opened.v1"}'
)


def opened(**other: Any) -> CaseOpened:
    fields: dict[str, Any] = {
        "subject": CASE,
        "subject_version": 1,
        "occurred_at": datetime(2026, 3, 1, 0, 0, tzinfo=timezone(timedelta(hours=1))),
        "reference": "CASE-7K3M-2QXD",
        "case_type": "street_permit",
        "case_type_version": 2,
        "contact_id": CONTACT,
        "state": "received",
        "prefilled": ("email", "name"),
    }
    return CaseOpened(**fields | other)


def enveloped(event: CaseOpened) -> dict[str, Any]:
    drafted = draft(
        event, id=EVENT, department="city.permits", actor=str(ACTOR), traceparent=TRACEPARENT, recorded_at=RECORDED
    )
    return number(drafted, producer="cases", epoch="e1", sequence=42)


def test_the_bytes_of_an_event_never_change() -> None:
    assert canonical(enveloped(opened())) == FROZEN


def test_the_frozen_bytes_are_canonical_by_another_implementation() -> None:
    assert rfc8785.dumps(orjson.loads(FROZEN)) == FROZEN


def test_the_frozen_bytes_are_still_read() -> None:
    envelope = Envelope.model_validate_json(FROZEN)
    assert (envelope.subject, envelope.sequence, envelope.subjectversion) == (CASE, "0000000000000042", 1)
    read = CaseOpened.model_validate(envelope.data | {"subject": envelope.subject, "subject_version": 1})
    assert read == opened(occurred_at=None)


def test_the_draft_holds_everything_but_its_number() -> None:
    said: dict[str, Any] = {"id": EVENT, "department": "city", "actor": str(ACTOR), "traceparent": TRACEPARENT}
    for_itself = draft(opened(), recorded_at=RECORDED, **said)
    for_another = draft(opened(), recorded_at=RECORDED, on_behalf_of=str(CONTACT), **said)
    assert set(Envelope.model_fields) - set(for_another) == {"producer", "epoch", "sequence"}
    assert for_another == for_itself | {"onbehalfof": str(CONTACT)}


def test_numbers_sort_as_text() -> None:
    numbered = [number({}, producer="p", epoch="e", sequence=n)["sequence"] for n in (2, 10, 999, 10**12)]
    assert numbered == sorted(numbered)


def test_numbering_leaves_the_draft_as_it_was() -> None:
    drafted = {"data": {"a": 1}}
    before = copy.deepcopy(drafted)
    number(drafted, producer="p", epoch="e", sequence=1)
    assert drafted == before


def test_what_happened_now_has_one_time() -> None:
    envelope = enveloped(opened(occurred_at=None))
    assert envelope["time"] == envelope["recordedtime"] == "2026-03-01T09:30:00.000005Z"


# lone surrogates have no UTF-8; everything else is a text
texts = st.text(st.characters(exclude_categories=["Cs"]))
names = st.text(st.characters(max_codepoint=127))
integers = st.integers(-MAXIMUM_INTEGER, MAXIMUM_INTEGER)
values = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=25,
)


@given(st.dictionaries(names, values, max_size=6))
def test_our_canonical_json_is_rfc_8785(value: dict[str, Any]) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(names, values, max_size=6))
def test_reading_and_writing_again_gives_the_same_bytes(value: dict[str, Any]) -> None:
    once = canonical(value)
    assert canonical(orjson.loads(once)) == once


@pytest.mark.parametrize(
    "ambiguous",
    [1.5, float("nan"), 2**53, -(2**53), {"é": 1}, {1: "a"}, CASE, RECORDED, b"bytes", {"deep": [{"in": 0.1}]}],
    ids=str,
)
def test_what_could_be_written_in_two_ways_is_refused(ambiguous: Any) -> None:
    with pytest.raises(TypeError, match="an event"):
        canonical({"value": ambiguous})


def test_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical({"value": "\ud800"})


def test_the_largest_event_fits_into_an_entry_of_the_log() -> None:
    assert MAXIMUM_BYTES < 65_535
