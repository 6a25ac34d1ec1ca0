"""The whole log as it stands, read once and in order, for checking: nothing that is missing stops the reading."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from psycopg import Connection

from services.audit.domain.errors import LeafMalformed
from services.audit.domain.following import Following
from services.audit.domain.hashing import HASH_SIZE
from services.audit.domain.tiles import WIDTH
from shared.contracts.audit.events import EquivocationFound

AT_ONCE, TILES_AT_ONCE = 4_000, 64
EQUIVOCATION = EquivocationFound.type


class Row(NamedTuple):
    """An entry as it is stored, with the hash beside it."""

    idx: int
    leaf: bytes
    leaf_hash: bytes


class WholeLog:
    """One snapshot of the log on one connection, which is in a transaction of its own."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def rows(self) -> Iterator[Row]:
        """Every entry up to the first that is missing."""
        with self._connection.cursor(name="whole_log", binary=True) as cursor:
            cursor.itersize = AT_ONCE
            cursor.execute("SELECT idx, leaf, leaf_hash FROM entry ORDER BY idx")
            for expected, row in enumerate(cursor):
                if row[0] != expected:
                    return
                yield Row(*row)

    def recorded_hashes(self, size: int) -> Iterator[bytes]:
        """Every hash as the tiles have it, up to the first tile that is missing; beyond them, as the entries have it."""
        full = size // WIDTH
        with self._connection.cursor(name="whole_tiles", binary=True) as cursor:
            cursor.itersize = TILES_AT_ONCE
            cursor.execute("SELECT n, data FROM tile WHERE level = 0 AND n < %s ORDER BY n", (full,))
            expected = 0
            for expected, (number, data) in enumerate(cursor, start=1):
                if number != expected - 1:
                    return
                yield from (data[start : start + HASH_SIZE] for start in range(0, WIDTH * HASH_SIZE, HASH_SIZE))
        if expected < full:
            return
        beyond = self._connection.execute(
            "SELECT leaf_hash FROM entry WHERE idx >= %s ORDER BY idx", (full * WIDTH,), binary=True
        ).fetchall()
        yield from (bytes(row[0]) for row in beyond)


def follower(following: Following) -> Callable[[int, bytes], None]:
    """Looks into each entry as far as its chains go; raises LeafMalformed where they break."""

    def follow(index: int, leaf: bytes) -> None:
        try:
            found = orjson.loads(leaf)
            event = found["event"]
            sequence, steps = int(event["sequence"]), found["log"]["subjects"]
            following.follow(index, event["producer"], event["epoch"], sequence, steps)
        except (ValueError, KeyError, TypeError) as error:
            raise LeafMalformed("The entry is not an event and its place in its subjects' chains.") from error

    return follow


def on_record(connection: Connection[Any]) -> list[tuple[str, str, int, int]]:
    """The gaps that the log itself has noticed and that have not closed."""
    return connection.execute(
        "SELECT producer, epoch, first_sequence, last_sequence FROM gap WHERE closed_at IS NULL "
        "ORDER BY producer, epoch, first_sequence"
    ).fetchall()


def late_since(connection: Connection[Any], producer: str, epoch: str, sequence: int) -> datetime | None:
    """When this number arrived: from then on, those missing below it are late."""
    found = connection.execute(
        "SELECT e.received_at FROM entry_key AS k JOIN entry AS e USING (idx) "
        "WHERE k.producer = %s AND k.epoch = %s AND k.sequence = %s",
        (producer, epoch, sequence),
    ).fetchone()
    return found[0] if found else None


def said_twice(connection: Connection[Any]) -> int:
    """How often the log has put on record that a producer gave one number to two events."""
    found = connection.execute("SELECT count(*) FROM entry WHERE type = %s", (EQUIVOCATION,)).fetchone()
    return found[0] if found else 0
