"""What the use cases need from the world."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.authz.model import Permissions


@dataclass(frozen=True)
class Entry:
    """One entry, as it was hashed. What the store's index says of it is for finding it, not for telling."""

    index: int
    leaf: bytes


@dataclass(frozen=True)
class Terms:
    """What to look for: every term given must match."""

    subject: UUID | None = None
    actor: str | None = None
    type: str | None = None
    event_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Signed:
    """A signed checkpoint."""

    size: int
    root: bytes
    note: str
    signed_at: datetime


@dataclass(frozen=True)
class Stream:
    """One producer's stream."""

    producer: str
    epoch: str
    next_sequence: int
    head_sequence: int
    last_heartbeat_at: datetime | None


@dataclass(frozen=True)
class Gap:
    """A hole in a stream."""

    producer: str
    epoch: str
    first: int
    last: int
    opened_at: datetime
    closed_at: datetime | None


class Log(Protocol):
    """The log, for looking at."""

    def newest_checkpoint(self) -> Signed | None:
        """The checkpoint that covers most."""

    def find(self, terms: Terms, limit: int, after: str | None) -> tuple[Sequence[Entry], str | None]:
        """A page of entries in log order."""

    def accesses(self, contact_id: UUID, limit: int, after: str | None) -> tuple[Sequence[Entry], str | None]:
        """A page of the entries that tell of a read of this contact's data, or of their cases', newest first."""

    def inclusion(self, index: int, size: int) -> Sequence[bytes]:
        """Proof that an entry is in the log of `size`."""

    def consistency(self, old_size: int, size: int) -> Sequence[bytes]:
        """Proof that the log of `old_size` is a beginning of the log of `size`."""

    def streams(self) -> tuple[Sequence[Stream], Mapping[tuple[str, str], int]]:
        """Every stream, and how far each is covered by a signed checkpoint."""

    def gaps(self, *, closed: bool, limit: int, after: str | None) -> tuple[Sequence[Gap], str | None]:
        """A page of holes, newest first."""


class Look(Protocol):
    """The log and what the actor may see of it."""

    log: Log
    permissions: Permissions


class Looks(Protocol):
    """Opens looks at the log."""

    def reading(self) -> AbstractContextManager[Look]:
        """For a look; nobody changes the log through here."""
