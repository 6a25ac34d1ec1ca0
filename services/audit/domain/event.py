"""What the log reads of an event before it keeps the event's bytes as they came."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

from services.audit.domain.errors import EventMalformed

LARGEST_EVENT = 16_384
LARGEST_INTEGER = 2**53 - 1
MOST_DIGITS = 17

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_SEQUENCE = re.compile(r"[0-9]{16}", re.ASCII)
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_WORD = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what to what, when, and where the event stands in its producer's stream."""

    id: UUID
    type: str
    subject: UUID
    occurred_at: datetime
    recorded_at: datetime
    producer: str
    epoch: str
    sequence: int
    department: str
    actor: str
    trace_id: str | None
    subjects: tuple[str, ...]
    """Everything the event is about, sorted: each has its own numbered chain through the log."""


def read_event(body: bytes) -> Event:
    """The event that `body` is, only if it is canonical JSON (RFC 8785 without floats) with every field it needs."""
    fields = _read_canonical(body)
    data = fields.get("data")
    if fields.get("specversion") != "1.0" or not isinstance(data, dict):
        raise EventMalformed("The event is no CloudEvent 1.0 with an object as its data.")
    sequence = _text(fields, "sequence", _SEQUENCE)
    if int(sequence) == 0:
        raise EventMalformed("A producer numbers its events from 1.")
    subject = _text(fields, "subject", _UUID)
    trace = _TRACE.fullmatch(_text(fields, "traceparent", _WORD, default=""))
    return Event(
        id=UUID(_text(fields, "id", _UUID)),
        type=_text(fields, "type", _WORD),
        subject=UUID(subject),
        occurred_at=_moment(fields, "time"),
        recorded_at=_moment(fields, "recordedtime"),
        producer=_text(fields, "producer", _WORD),
        epoch=_text(fields, "epoch", _WORD),
        sequence=int(sequence),
        department=_text(fields, "department", _WORD),
        actor=_text(fields, "actor", _WORD),
        trace_id=trace[1] if trace else None,
        subjects=_subjects(subject, data),
    )


def _read_canonical(body: bytes) -> dict[str, Any]:
    if len(body) > LARGEST_EVENT:
        raise EventMalformed(f"An event of {len(body)} bytes is too large; {LARGEST_EVENT} is the most.")
    try:
        fields = json.loads(
            body.decode(), parse_float=_refuse, parse_constant=_refuse, parse_int=_whole, object_pairs_hook=_fields
        )
        canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except RecursionError as error:
        raise EventMalformed("The event is nested too deep.") from error
    except ValueError as error:  # no UTF-8, no JSON, half a surrogate pair
        raise EventMalformed("The event is not JSON in UTF-8.") from error
    if canonical != body:
        raise EventMalformed("The event is not canonical JSON: sorted keys, each once, and no spaces between.")
    if not isinstance(fields, dict):
        raise EventMalformed("The event is not a JSON object.")
    return fields


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for name, _ in pairs:
        if not name.isascii():
            # Beyond ASCII, RFC 8785 sorts by UTF-16 and others by code point: two spellings of one event.
            raise EventMalformed("The names of an event's fields are ASCII.")
    return dict(pairs)


def _whole(digits: str) -> int:
    # A number of thousands of digits is refused by its length, before it costs anything to read.
    if len(digits) > MOST_DIGITS or abs(int(digits)) > LARGEST_INTEGER:
        raise EventMalformed("The whole numbers of an event stay within 53 bits, where every reader agrees on them.")
    return int(digits)


def _refuse(_: str) -> NoReturn:
    raise EventMalformed("An event has whole numbers only: fractions, NaN and infinity are spelt in many ways.")


def _text(fields: dict[str, Any], name: str, pattern: re.Pattern[str], *, default: str | None = None) -> str:
    value = fields.get(name, default)
    if not isinstance(value, str) or not (value == default or pattern.fullmatch(value)):
        raise EventMalformed(f"The event's {name} is missing or not what it must be.", field=name)
    return value


def _moment(fields: dict[str, Any], name: str) -> datetime:
    text = _text(fields, name, _MOMENT)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise EventMalformed(f"The event's {name} is no moment in time.", field=name) from error


def _subjects(subject: str, data: dict[str, Any]) -> tuple[str, ...]:
    listed = data.get("subjects")
    named = [subject, data.get("case_id"), data.get("contact_id"), *(listed if isinstance(listed, list) else ())]
    return tuple(sorted({name.lower() for name in named if isinstance(name, str) and _UUID.fullmatch(name)}))
