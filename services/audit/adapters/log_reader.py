"""The reading side of the log: tiles, bundles, proofs and entries, for asyncio and for plain connections alike.

Each question is a generator that yields its queries and receives their rows, so that it is written once: `read` asks
it of an asynchronous connection, `read_plainly` of an ordinary one. Whatever a question answers about a size that the
log has reached stays the same for ever, so none of them needs a snapshot.
"""

from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from psycopg import AsyncConnection, Connection

from services.audit.adapters.arrivals import LogState
from services.audit.domain import proofs
from services.audit.domain.errors import LogDamaged
from services.audit.domain.proofs import Node, Span
from services.audit.domain.tiles import (
    HEIGHT,
    WIDTH,
    Bundle,
    Tile,
    TileReader,
    encode_bundle,
    hashes_in,
    partial_width,
    tiles_holding,
)

PAGE = 2 * WIDTH

T = TypeVar("T")


class Query(NamedTuple):
    """One statement and what stands in it."""

    sql: str
    values: Sequence[Any] = ()


Question = Generator[Query, list[tuple[Any, ...]], T]


async def read(connection: AsyncConnection[Any], question: Question[T]) -> T:
    """The answer to `question`, over an asynchronous connection."""
    try:
        query = next(question)
        while True:
            cursor = await connection.execute(query.sql, query.values, binary=True)
            query = question.send(await cursor.fetchall())
    except StopIteration as answer:
        return answer.value  # type: ignore[no-any-return]


def read_plainly(connection: Connection[Any], question: Question[T]) -> T:
    """The answer to `question`, over an ordinary connection."""
    try:
        query = next(question)
        while True:
            cursor = connection.execute(query.sql, query.values, binary=True)
            query = question.send(cursor.fetchall())
    except StopIteration as answer:
        return answer.value  # type: ignore[no-any-return]


def state() -> Question[LogState]:
    """How far the log has grown."""
    ((size, root, edge, fence),) = yield Query("SELECT size, root, edge, fence FROM log_state")
    return LogState(size, root, tuple(edge), fence)


def leaf_hashes(start: int, end: int) -> Question[list[bytes]]:
    """The leaf hashes of the entries from `start` up to but not including `end`."""
    rows = yield Query("SELECT leaf_hash FROM entry WHERE idx >= %s AND idx < %s ORDER BY idx", (start, end))
    return _complete([row[0] for row in rows], end - start, f"the hashes of entries {start} to {end}")


def leaves(start: int, end: int) -> Question[list[bytes]]:
    """The entries from `start` up to but not including `end`; keep this to a few hundred at a time."""
    rows = yield Query("SELECT leaf FROM entry WHERE idx >= %s AND idx < %s ORDER BY idx", (start, end))
    return _complete([row[0] for row in rows], end - start, f"entries {start} to {end}")


def level_edge(level: int, size: int) -> Question[list[bytes]]:
    """The hashes of the unfinished tile at `level` of the tree of `size` entries."""
    return (yield from _tile_hashes(Tile(level, size >> HEIGHT * (level + 1), partial_width(size, level))))


def tile_data(tile: Tile) -> Question[bytes]:
    """The bytes of a tile, full or not; the caller makes sure that the log has grown as far."""
    if tile.width < WIDTH:
        return b"".join((yield from _tile_hashes(tile)))
    rows = yield Query("SELECT data FROM tile WHERE level = %s AND n = %s", (tile.level, tile.number))
    ((data,),) = _complete(rows, 1, tile.path)
    return bytes(data)


def tiles_data(tiles: Iterable[Tile]) -> Question[dict[Tile, bytes]]:
    """The bytes of several tiles."""
    data: dict[Tile, bytes] = {}
    full = [tile for tile in tiles if tile.width == WIDTH]
    if full:
        rows = yield Query(
            "SELECT t.level, t.n, t.data FROM unnest(%s::int2[], %s::int8[]) AS wanted (level, n) "
            "JOIN tile AS t USING (level, n)",
            ([tile.level for tile in full], [tile.number for tile in full]),
        )
        data = {Tile(level, number): hashes for level, number, hashes in rows}
        _complete(rows, len(full), "a full tile")
    for tile in tiles:
        if tile.width < WIDTH:
            data[tile] = yield from tile_data(tile)
    return data


def bundle_data(bundle: Bundle) -> Question[bytes]:
    """The bytes of an entry bundle."""
    start = bundle.number * WIDTH
    return encode_bundle((yield from leaves(start, start + bundle.width)))


def root_at(size: int) -> Question[bytes]:
    """The root the log had at `size` entries."""
    reader = yield from _reader(proofs.perfect_nodes(Span(0, size)), size)
    return proofs.root_at(size, reader)


def inclusion(index: int, size: int) -> Question[list[bytes]]:
    """Proof that entry `index` is in the log of `size` entries."""
    spans = proofs.inclusion_spans(index, size)
    return proofs.fold(spans, (yield from _reader(proofs.nodes_of(spans), size)))


def consistency(old_size: int, new_size: int) -> Question[list[bytes]]:
    """Proof that the log of `new_size` entries begins with the log of `old_size`."""
    spans = proofs.consistency_spans(0, old_size, new_size)
    return proofs.fold(spans, (yield from _reader(proofs.nodes_of(spans), new_size)))


async def all_leaves(connection: AsyncConnection[Any], start: int, end: int) -> AsyncIterator[bytes]:
    """Every entry from `start` up to but not including `end`, a page in memory at a time."""
    for page in range(start, end, PAGE):
        for leaf in await read(connection, leaves(page, min(page + PAGE, end))):
            yield leaf


def all_leaves_plainly(connection: Connection[Any], start: int, end: int) -> Iterator[bytes]:
    """Every entry from `start` up to but not including `end`, a page in memory at a time."""
    for page in range(start, end, PAGE):
        yield from read_plainly(connection, leaves(page, min(page + PAGE, end)))


def all_recorded_hashes_plainly(connection: Connection[Any], size: int) -> Iterator[bytes]:
    """Every leaf hash as the tiles have it: what a check of the entries compares with."""
    for number in range(-(-size // WIDTH)):
        tile = Tile(0, number, min(WIDTH, size - number * WIDTH))
        yield from hashes_in(read_plainly(connection, tile_data(tile)))


def _tile_hashes(tile: Tile) -> Question[list[bytes]]:
    """A tile's hashes from what is below it: entries at the lowest level, full tiles above."""
    start = tile.number * WIDTH
    if tile.level == 0:
        return (yield from leaf_hashes(start, start + tile.width))
    rows = yield Query(
        "SELECT root FROM tile WHERE level = %s AND n >= %s AND n < %s ORDER BY n",
        (tile.level - 1, start, start + tile.width),
    )
    return _complete([row[0] for row in rows], tile.width, tile.path)


def _reader(nodes: Iterable[Node], size: int) -> Question[TileReader]:
    return TileReader(size, (yield from tiles_data(tiles_holding(nodes, size))))


def _complete(found: list[T], expected: int, what: str) -> list[T]:
    if len(found) != expected:
        raise LogDamaged(f"The log's store lacks {what}, or the log has not grown that far.")
    return found
