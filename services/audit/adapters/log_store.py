"""The writing side of the log: a batch of events becomes entries, tree and chains in one transaction, or nothing does."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation

from services.audit.adapters.arrivals import Appended, Arrival, LogState, Objection, Refused
from services.audit.adapters.log_rows import StreamKey, write_entries, write_streams, write_tiles
from services.audit.domain.errors import FenceStale
from services.audit.domain.gaps import Interval
from services.audit.domain.hashing import Frontier

ROOM = 20
"""Room for further entries is looked after every 2**ROOM entries."""

Known = tuple[int, bytes]  # the index and the body's hash of an entry


async def take_over(connection: AsyncConnection[Any]) -> int:
    """The fence of a new sequencer: every older one's next write fails."""
    async with connection.transaction():
        await connection.execute("SELECT make_room_for_entries()")
        cursor = await connection.execute("UPDATE log_state SET fence = fence + 1 RETURNING fence")
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])


async def append_batch(connection: AsyncConnection[Any], batch: Sequence[Arrival], fence: int) -> Appended:
    """Add what is new in `batch`, in order, as one transaction (a savepoint, if one is open already).

    An event that is in the log already is skipped; one that contradicts it is refused and named. Raises FenceStale,
    having changed nothing, if another sequencer has taken over.
    """
    try:
        async with connection.transaction():
            return await _append(connection, batch, fence, careful=False)
    except UniqueViolation:
        # Some event's id is on record under another number. That is not looked up for every event, because it is rare.
        async with connection.transaction():
            return await _append(connection, batch, fence, careful=True)


async def _append(connection: AsyncConnection[Any], batch: Sequence[Arrival], fence: int, *, careful: bool) -> Appended:
    state = await _lock(connection, fence)
    streams = await _streams(connection, {(arrival.event.producer, arrival.event.epoch) for arrival in batch})
    bodies = [sha256(arrival.body).digest() for arrival in batch]
    numbers, ids = await _known(connection, batch, streams, careful=careful)
    added: list[tuple[Arrival, bytes]] = []
    refused: list[Refused] = []
    for arrival, body in zip(batch, bodies, strict=True):
        event = arrival.event
        number, index = (event.producer, event.epoch, event.sequence), state.size + len(added)
        if found := numbers.get(number):
            if found[1] != body:
                refused.append(Refused(Objection.OTHER_BODY, arrival, *found, body))
        elif found := ids.get(event.id):
            refused.append(Refused(Objection.OTHER_NUMBER, arrival, *found, body))
        else:
            numbers[number] = ids[event.id] = (index, body)
            added.append((arrival, body))
    repeated = len(batch) - len(added) - len(refused)
    if not added:
        return Appended(state.size, state.size, state.root, repeated, tuple(refused))
    hashes = await write_entries(connection, state.size, added)
    frontier = Frontier(state.size, state.edge)
    frontier.extend(hashes)
    root = frontier.root()
    await write_tiles(connection, state.size, hashes)
    await write_streams(connection, streams, [arrival for arrival, _ in added])
    await connection.execute(
        "UPDATE log_state SET size = %s, root = %s, edge = %s", (frontier.size, root, frontier.edge), binary=True
    )
    if state.size >> ROOM != frontier.size >> ROOM:
        await connection.execute("SELECT make_room_for_entries()")
    return Appended(state.size, frontier.size, root, repeated, tuple(refused))


async def _lock(connection: AsyncConnection[Any], fence: int) -> LogState:
    cursor = await connection.execute("SELECT size, root, edge, fence FROM log_state FOR UPDATE", binary=True)
    row = await cursor.fetchone()
    assert row is not None
    size, root, edge, current = row
    if current != fence:
        raise FenceStale(f"Another sequencer writes this log now: it holds fence {current}, this one {fence}.")
    return LogState(size, root, tuple(edge), current)


async def _streams(
    connection: AsyncConnection[Any], keys: Iterable[StreamKey]
) -> dict[StreamKey, tuple[int, list[Interval]]]:
    """The highest number that arrived of each stream, and which below it have not."""
    found: dict[StreamKey, tuple[int, list[Interval]]] = {}
    for key in keys:
        cursor = await connection.execute(
            "SELECT highest_sequence, missing FROM producer_stream WHERE producer = %s AND epoch = %s", key
        )
        row = await cursor.fetchone()
        found[key] = (row[0], [Interval(part.lower, part.upper - 1) for part in row[1]]) if row else (0, [])
    return found


async def _known(
    connection: AsyncConnection[Any],
    batch: Sequence[Arrival],
    streams: dict[StreamKey, tuple[int, list[Interval]]],
    *,
    careful: bool,
) -> tuple[dict[tuple[str, str, int], Known], dict[UUID, Known]]:
    """What the log already has of these numbers and, if `careful`, of these ids.

    A number above all that arrived cannot be known: in the usual case nothing is looked up.
    """
    numbers: dict[tuple[str, str, int], Known] = {}
    for (producer, epoch), (highest, _) in streams.items():
        of_stream = [
            arrival.event.sequence
            for arrival in batch
            if (arrival.event.producer, arrival.event.epoch) == (producer, epoch) and arrival.event.sequence <= highest
        ]
        if of_stream:
            cursor = await connection.execute(
                "SELECT sequence, idx, body_hash FROM entry_key "
                "WHERE producer = %s AND epoch = %s AND sequence = ANY(%s)",
                (producer, epoch, of_stream),
                binary=True,
            )
            numbers |= {(producer, epoch, sequence): (idx, body) for sequence, idx, body in await cursor.fetchall()}
    if not careful:
        return numbers, {}
    cursor = await connection.execute(
        "SELECT event_id, idx, body_hash FROM entry_key WHERE event_id = ANY(%s)",
        ([arrival.event.id for arrival in batch],),
        binary=True,
    )
    return numbers, {event_id: (idx, body) for event_id, idx, body in await cursor.fetchall()}
