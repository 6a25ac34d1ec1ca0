"""What goes into the log's store and what comes back: shared by the store's writers and readers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.audit.domain.event import Event
from services.audit.domain.gaps import Interval


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that was read and found good, its bytes as they came, and when they came."""

    event: Event
    body: bytes
    received_at: datetime


class Objection(StrEnum):
    """Why an event was not added, though it is not simply one that is there already."""

    OTHER_BODY = "other_body"
    """Its number has another body on record: its producer says two things."""
    OTHER_NUMBER = "other_number"
    """Its id is on record under another number."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that contradicts an entry of the log."""

    objection: Objection
    arrival: Arrival
    index: int
    recorded_hash: bytes
    received_hash: bytes


@dataclass(frozen=True, slots=True)
class Appended:
    """What a batch did to the log: it now has `size` entries under `root`, the new ones from `first` on."""

    first: int
    size: int
    root: bytes
    repeated: int
    refused: tuple[Refused, ...]

    @property
    def added(self) -> int:
        """How many entries are new."""
        return self.size - self.first


@dataclass(frozen=True, slots=True)
class LogState:
    """How far the log has grown, and who may write to it."""

    size: int
    root: bytes
    edge: tuple[bytes, ...]
    fence: int


@dataclass(frozen=True, slots=True)
class Stream:
    """What arrived of one producer's stream, and how far its heartbeats say it goes."""

    producer: str
    epoch: str
    next_sequence: int
    highest_sequence: int
    head_sequence: int
    missing: tuple[Interval, ...]
    first_seen_at: datetime
    last_heartbeat_at: datetime | None
