"""What is known of each producer's stream: heartbeats, holes, and how far it is covered by a signed checkpoint."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.multirange import Multirange

from services.audit.adapters.arrivals import Stream
from services.audit.adapters.log_reader import Query, Question
from services.audit.domain.gaps import Interval, Judgement


async def record_heartbeat(
    connection: AsyncConnection[Any], *, producer: str, epoch: str, head: int, at: datetime
) -> None:
    """The stream is known to go as far as `head`; a heartbeat that comes late takes nothing back."""
    await connection.execute(
        "INSERT INTO producer_stream AS s "
        "(producer, epoch, next_sequence, highest_sequence, head_sequence, first_seen_at, last_heartbeat_at) "
        "VALUES (%(producer)s, %(epoch)s, 1, 0, %(head)s, %(at)s, %(at)s) ON CONFLICT (producer, epoch) DO UPDATE SET "
        "head_sequence = greatest(s.head_sequence, excluded.head_sequence), "
        "last_heartbeat_at = greatest(s.last_heartbeat_at, excluded.last_heartbeat_at)",
        {"producer": producer, "epoch": epoch, "head": head, "at": at},
    )


def streams() -> Question[list[Stream]]:
    """Every producer's stream."""
    rows = yield Query(
        "SELECT producer, epoch, next_sequence, highest_sequence, head_sequence, missing, first_seen_at, "
        "last_heartbeat_at FROM producer_stream ORDER BY producer, first_seen_at, epoch"
    )
    return [
        Stream(
            producer,
            epoch,
            following,
            highest,
            head,
            _intervals(missing, highest, head),
            first_seen_at,
            last_heartbeat_at,
        )
        for producer, epoch, following, highest, head, missing, first_seen_at, last_heartbeat_at in rows
    ]


def confirmed(streams: Iterable[Stream]) -> Question[dict[tuple[str, str], int]]:
    """The number up to which each stream is wholly in the log and covered by a signed checkpoint."""
    rows = yield Query(
        "SELECT producer, epoch, min(sequence) FROM entry_key "
        "WHERE idx >= coalesce((SELECT max(size) FROM checkpoint), 0) GROUP BY producer, epoch"
    )
    unsigned = {(producer, epoch): sequence for producer, epoch, sequence in rows}
    return {
        (stream.producer, stream.epoch): min(
            stream.next_sequence, unsigned.get((stream.producer, stream.epoch), stream.next_sequence)
        )
        - 1
        for stream in streams
    }


def open_gaps(producer: str, epoch: str) -> Question[list[Interval]]:
    """The gaps of a stream that are on record and not closed."""
    rows = yield Query(
        "SELECT first_sequence, last_sequence FROM gap "
        "WHERE producer = %s AND epoch = %s AND closed_at IS NULL ORDER BY first_sequence",
        (producer, epoch),
    )
    return [Interval(*row) for row in rows]


async def record_gaps(
    connection: AsyncConnection[Any], *, producer: str, epoch: str, judgement: Judgement, at: datetime
) -> None:
    """What was judged about a stream is on record."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO gap (producer, epoch, first_sequence, last_sequence, opened_at) VALUES (%s, %s, %s, %s, %s)",
            [(producer, epoch, *gap, at) for gap in judgement.opened],
        )
        await cursor.executemany(
            "UPDATE gap SET closed_at = %s WHERE producer = %s AND epoch = %s AND first_sequence = %s",
            [(at, producer, epoch, gap.first) for gap in judgement.closed],
        )


def _intervals(missing: Multirange[int], highest: int, head: int) -> tuple[Interval, ...]:
    below = [
        Interval(part.lower, part.upper - 1) for part in missing if part.lower is not None and part.upper is not None
    ]
    return (*below, Interval(highest + 1, head)) if head > highest else tuple(below)
