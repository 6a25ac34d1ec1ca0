"""The envelope every event travels in: a CloudEvent 1.0 in JSON structured mode, as canonical JSON (RFC 8785).

Its bytes are what is hashed, signed and logged, so they are made once and never re-encoded.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.clock import instant
from shared.contracts.base import Event

CONTENT_TYPE = "application/cloudevents+json"
MAXIMUM_BYTES = 16_384
"""An event carries facts, not documents; a log entry must stay below the 64 KiB of a C2SP entry bundle."""
MAXIMUM_INTEGER = 2**53 - 1


class Envelope(BaseModel):
    """An event as received: the attributes of the envelope and its data as plain JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str
    id: UUID
    source: str
    type: str
    subject: UUID
    time: AwareDatetime
    recordedtime: AwareDatetime
    producer: str
    epoch: str
    sequence: str
    subjectversion: int
    department: str
    actor: str
    onbehalfof: str | None = None
    """For whom the actor acted, where not for themselves: a contact's or an actor's internal id."""
    traceparent: str
    datacontenttype: str
    data: dict[str, Any]


def draft(
    event: Event,
    *,
    id: UUID,
    department: str,
    actor: str,
    traceparent: str,
    recorded_at: datetime,
    on_behalf_of: str | None = None,
) -> dict[str, Any]:
    """The envelope of `event` but for producer, epoch and sequence, which the relay adds when it numbers it."""
    envelope = {
        "specversion": "1.0",
        "id": str(id),
        "source": f"/tellus/{event.source}",
        "type": event.type,
        "subject": str(event.subject),
        "time": instant(event.occurred_at or recorded_at),
        "recordedtime": instant(recorded_at),
        "subjectversion": event.subject_version,
        "department": department,
        "actor": actor,
        "traceparent": traceparent,
        "datacontenttype": "application/json",
        "data": event.model_dump(mode="json", exclude_none=True),
    }
    return envelope | {"onbehalfof": on_behalf_of} if on_behalf_of else envelope


def number(envelope: dict[str, Any], *, producer: str, epoch: str, sequence: int) -> dict[str, Any]:
    """The same envelope with its place in its producer's stream. `sequence` sorts as text, as CloudEvents asks."""
    return envelope | {"producer": producer, "epoch": epoch, "sequence": f"{sequence:016d}"}


def canonical(value: Any) -> bytes:
    """`value` as canonical JSON; raises TypeError for what RFC 8785 would write in more than one way (floats)."""
    _refuse_ambiguous(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _refuse_ambiguous(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise TypeError(f"an event's field names are ASCII text, not {key!r}")
            _refuse_ambiguous(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_ambiguous(item)
    elif isinstance(value, int):
        if abs(value) > MAXIMUM_INTEGER:
            raise TypeError("an event's integers stay within 53 bits, where every reader agrees on them")
    elif not (value is None or isinstance(value, str)):
        raise TypeError(f"an event carries text, whole numbers, booleans and null, not {type(value).__name__}")
