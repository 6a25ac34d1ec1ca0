"""Signed checkpoints: kept by the publisher, read by everyone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from services.audit.adapters.log_reader import Query, Question
from services.audit.domain.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as it was published."""

    size: int
    root: bytes
    note: bytes
    signed_at: datetime


async def add_checkpoint(
    connection: AsyncConnection[Any], checkpoint: Checkpoint, note: bytes, *, signed_at: datetime
) -> None:
    """The signed checkpoint is on record; there is one for each size."""
    async with connection.transaction():
        await connection.execute(
            "INSERT INTO checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s) ON CONFLICT (size) DO NOTHING",
            (checkpoint.size, checkpoint.root, note.decode(), signed_at),
        )


def newest() -> Question[SignedCheckpoint | None]:
    """The checkpoint that covers most."""
    return _first((yield Query(f"{_SELECT} ORDER BY size DESC LIMIT 1")))


def covering(size: int) -> Question[SignedCheckpoint | None]:
    """The earliest checkpoint that covers at least `size` entries."""
    return _first((yield Query(f"{_SELECT} WHERE size >= %s ORDER BY size LIMIT 1", (size,))))


def all_checkpoints() -> Question[list[SignedCheckpoint]]:
    """Every checkpoint that was ever signed, smallest first."""
    rows = yield Query(f"{_SELECT} ORDER BY size")
    return [_signed(row) for row in rows]


_SELECT = "SELECT size, root, note, signed_at FROM checkpoint"


def _signed(row: tuple[Any, ...]) -> SignedCheckpoint:
    size, root, note, signed_at = row
    return SignedCheckpoint(size, root, note.encode(), signed_at)


def _first(rows: list[tuple[Any, ...]]) -> SignedCheckpoint | None:
    return _signed(rows[0]) if rows else None
