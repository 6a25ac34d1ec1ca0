"""Tells apart what arrives at the log's queue: events, heartbeats, and what is neither."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from services.audit.adapters.arrivals import Arrival
from services.audit.domain.errors import EventMalformed
from services.audit.domain.event import read_event

HEARTBEAT = "tellus.heartbeat.v1"
WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
SEQUENCE = re.compile(r"[0-9]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A producer's word on how far its stream goes."""

    producer: str
    epoch: str
    head: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Something that is no event: only its digest goes on record."""

    digest: str
    size: int
    reason: str


Taken = Arrival | Heartbeat | Quarantined


def take_in(body: bytes, at: datetime) -> Taken:
    """What `body` is."""
    try:
        return _heartbeat(body) or Arrival(read_event(body), body, at)
    except EventMalformed as error:
        return Quarantined(sha256(body).hexdigest(), len(body), error.error_code)


def unstorable(one: Taken, reason: str) -> Quarantined:
    """What remains of something that the store will not have: its digest."""
    body = one.body if isinstance(one, Arrival) else repr(one).encode()
    return Quarantined(sha256(body).hexdigest(), len(body), reason)


def _heartbeat(body: bytes) -> Heartbeat | None:
    if HEARTBEAT.encode() not in body[:1_000]:
        return None
    try:
        found: dict[str, Any] = orjson.loads(body)
        if found.get("type") != HEARTBEAT or "sequence" in found:
            return None
        data = found["data"]
        producer, epoch, sequence = data["producer"], data["epoch"], data["sequence"]
        if not (WORD.fullmatch(producer) and WORD.fullmatch(epoch) and SEQUENCE.fullmatch(sequence)):
            raise EventMalformed("This heartbeat names its stream or its number in a way that no stream has.")
        return Heartbeat(producer, epoch, int(sequence))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise EventMalformed("This heartbeat does not say how far a stream goes.") from error
