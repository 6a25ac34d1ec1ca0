"""The rows that a batch adds to the log's tables, written with COPY because there are many of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier
from psycopg.types.multirange import Int8Multirange
from psycopg.types.range import Int8Range

from services.audit.adapters.arrivals import Arrival
from services.audit.adapters.log_reader import level_edge, read
from services.audit.domain.entry import Head, leaf_bytes, links_for
from services.audit.domain.gaps import Interval, subtract
from services.audit.domain.hashing import leaf_hash
from services.audit.domain.tiles import completed_tiles, levels_completed

StreamKey = tuple[str, str]

_ENTRY = {
    "idx": "int8",
    "leaf": "bytea",
    "leaf_hash": "bytea",
    "event_id": "uuid",
    "type": "text",
    "subject": "uuid",
    "occurred_at": "timestamptz",
    "recorded_at": "timestamptz",
    "received_at": "timestamptz",
    "producer": "text",
    "epoch": "text",
    "sequence": "int8",
    "department": "text",
    "actor": "text",
    "trace_id": "text",
}
_KEY = {
    "producer": "text",
    "epoch": "text",
    "sequence": "int8",
    "idx": "int8",
    "event_id": "uuid",
    "body_hash": "bytea",
}
_SUBJECT = {"subject": "uuid", "sequence": "int8", "idx": "int8"}


async def write_entries(
    connection: AsyncConnection[Any], first: int, added: Sequence[tuple[Arrival, bytes]]
) -> list[bytes]:
    """The entries and their keys and chains are there; answers with their leaf hashes."""
    subjects = {subject for arrival, _ in added for subject in arrival.event.subjects}
    cursor = await connection.execute(
        "SELECT subject, sequence, idx FROM subject_head WHERE subject = ANY(%s::uuid[])",
        (sorted(subjects),),
        binary=True,
    )
    heads = {str(subject): Head(sequence, idx) for subject, sequence, idx in await cursor.fetchall()}
    entries, keys, chains, hashes, touched = [], [], list[tuple[UUID, int, int]](), [], dict[str, Head]()
    for index, (arrival, body) in enumerate(added, start=first):
        event = arrival.event
        links = links_for(event.subjects, heads)
        leaf = leaf_bytes(arrival.body, arrival.received_at, links)
        entries.append(_entry(index, leaf, arrival))
        hashes.append(entries[-1][2])
        keys.append((event.producer, event.epoch, event.sequence, index, event.id, body))
        for link in links:
            heads[link.subject] = touched[link.subject] = Head(link.sequence, index)
            chains.append((UUID(link.subject), link.sequence, index))
    await _copy(connection, "entry", _ENTRY, entries)
    await _copy(connection, "entry_key", _KEY, keys)
    await _copy(connection, "entry_subject", _SUBJECT, chains)
    await connection.execute(
        "INSERT INTO subject_head (subject, sequence, idx) SELECT * FROM unnest(%s::uuid[], %s::int8[], %s::int8[]) "
        "ON CONFLICT (subject) DO UPDATE SET sequence = excluded.sequence, idx = excluded.idx",
        (list(touched), [head.sequence for head in touched.values()], [head.entry for head in touched.values()]),
    )
    return hashes


def _entry(index: int, leaf: bytes, arrival: Arrival) -> tuple[Any, ...]:
    """The row of one entry, in the order of `_ENTRY`."""
    event = arrival.event
    return (
        index,
        leaf,
        leaf_hash(leaf),
        event.id,
        event.type,
        event.subject,
        event.occurred_at,
        event.recorded_at,
        arrival.received_at,
        event.producer,
        event.epoch,
        event.sequence,
        event.department,
        event.actor,
        event.trace_id,
    )


async def _copy(
    connection: AsyncConnection[Any], table: str, columns: dict[str, str], rows: Iterable[Sequence[Any]]
) -> None:
    statement = SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        Identifier(table), SQL(", ").join(map(Identifier, columns))
    )
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            await copy.write_row(row)


async def write_tiles(connection: AsyncConnection[Any], size: int, hashes: Sequence[bytes]) -> None:
    """Every tile that these entries make full is there."""
    levels = levels_completed(size, len(hashes))
    if not levels:
        return
    # The new entries are written already: only those before them belong to the unfinished tiles.
    edges = [await read(connection, level_edge(level, size)) for level in range(levels)]
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO tile (level, n, data, root) VALUES (%b, %b, %b, %b)", completed_tiles(size, edges, hashes)
        )


async def write_streams(
    connection: AsyncConnection[Any],
    before: dict[StreamKey, tuple[int, list[Interval]]],
    added: Sequence[Arrival],
) -> None:
    """Each stream knows what has arrived of it and what has not."""
    arrived: dict[StreamKey, list[int]] = defaultdict(list)
    for arrival in added:
        arrived[arrival.event.producer, arrival.event.epoch].append(arrival.event.sequence)
    for key, sequences in arrived.items():
        highest_before, missing_before = before[key]
        highest = max(highest_before, *sequences)
        expected = (
            [*missing_before, Interval(highest_before + 1, highest)] if highest > highest_before else missing_before
        )
        missing = subtract(expected, [(sequence, sequence) for sequence in sequences])
        await connection.execute(
            "INSERT INTO producer_stream (producer, epoch, next_sequence, highest_sequence, missing, first_seen_at) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (producer, epoch) DO UPDATE SET "
            "next_sequence = excluded.next_sequence, highest_sequence = excluded.highest_sequence, "
            "missing = excluded.missing",
            (
                *key,
                missing[0].first if missing else highest + 1,
                highest,
                Int8Multirange([Int8Range(part.first, part.last + 1) for part in missing]),
                added[0].received_at,
            ),
        )
