"""The log in PostgreSQL, for looking at."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Engine

from services.audit.adapters import checkpoint_store, log_reader, stream_store
from services.audit.application.ports import Entry, Gap, Signed, Stream, Terms
from shared.authz.decisions import ActorPermissions, policies_of
from shared.call import Call
from shared.persistence import paging
from shared.persistence.unit_of_work import StoreUnavailable, store_errors

FIELDS = "e.idx, e.leaf"
READS = ["tellus.data.accessed.v1", "tellus.contact_data.read.v1", "tellus.address.read.v1"]
"""The facts that tell of a read of somebody's data."""
ACCESSES = """
WITH theirs (subject) AS (
  SELECT %s::uuid
  UNION
  SELECT opened.subject FROM entry_subject AS s JOIN entry AS opened ON opened.idx = s.idx
  WHERE s.subject = %s AND opened.type = 'tellus.case.opened.v1'
)
SELECT DISTINCT e.idx, e.leaf
FROM theirs JOIN entry_subject AS s ON s.subject = theirs.subject JOIN entry AS e ON e.idx = s.idx
WHERE e.type = ANY(%s) AND e.idx < %s ORDER BY e.idx DESC LIMIT %s
"""
"""A read of a case names the case: whose it is, the log knows from its opening."""


class SqlLog:
    """The log, on one connection."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def newest_checkpoint(self) -> Signed | None:
        found = log_reader.read_plainly(self._connection, checkpoint_store.newest())
        return Signed(found.size, found.root, found.note.decode(), found.signed_at) if found else None

    def find(self, terms: Terms, limit: int, after: str | None) -> tuple[Sequence[Entry], str | None]:
        where, values = ["e.idx > %s"], [paging.decode(after, int)[0] if after else -1]
        for condition, value in (
            ("e.actor = %s", terms.actor),
            ("e.type = %s", terms.type),
            ("e.received_at >= %s", terms.since),
            ("e.received_at < %s", terms.until),
        ):
            if value is not None:
                where.append(condition)
                values.append(value)
        source = "entry AS e"
        if terms.subject is not None:
            source = "entry_subject AS s JOIN entry AS e ON e.idx = s.idx"
            where.append("s.subject = %s")
            values.append(terms.subject)
        if terms.event_id is not None:
            source += " JOIN entry_key AS k ON k.idx = e.idx"
            where.append("k.event_id = %s")
            values.append(terms.event_id)
        # every part is a constant of this module; what was asked for travels as parameters
        statement = f"SELECT {FIELDS} FROM {source} WHERE {' AND '.join(where)} ORDER BY e.idx LIMIT %s"  # noqa: S608
        rows = self._connection.execute(statement.encode(), [*values, limit + 1]).fetchall()
        kept, following = paging.page(rows, limit, lambda row: (row[0],))
        return [Entry(*row) for row in kept], following

    def accesses(self, contact_id: UUID, limit: int, after: str | None) -> tuple[Sequence[Entry], str | None]:
        before = paging.decode(after, int)[0] if after else 2**63 - 1
        rows = self._connection.execute(ACCESSES, [contact_id, contact_id, READS, before, limit + 1]).fetchall()
        kept, following = paging.page(rows, limit, lambda row: (row[0],))
        return [Entry(*row) for row in kept], following

    def inclusion(self, index: int, size: int) -> Sequence[bytes]:
        return log_reader.read_plainly(self._connection, log_reader.inclusion(index, size))

    def consistency(self, old_size: int, size: int) -> Sequence[bytes]:
        return log_reader.read_plainly(self._connection, log_reader.consistency(old_size, size))

    def streams(self) -> tuple[Sequence[Stream], Mapping[tuple[str, str], int]]:
        found = log_reader.read_plainly(self._connection, stream_store.streams())
        confirmed = log_reader.read_plainly(self._connection, stream_store.confirmed(found))
        known = [Stream(s.producer, s.epoch, s.next_sequence, s.head_sequence, s.last_heartbeat_at) for s in found]
        return known, confirmed

    def gaps(self, *, closed: bool, limit: int, after: str | None) -> tuple[Sequence[Gap], str | None]:
        position = paging.decode(after, str, str, int) if after else ["", "", -1]
        rows = self._connection.execute(
            "SELECT producer, epoch, first_sequence, last_sequence, opened_at, closed_at FROM gap "
            "WHERE (producer, epoch, first_sequence) > (%s, %s, %s) AND (%s OR closed_at IS NULL) "
            "ORDER BY producer, epoch, first_sequence LIMIT %s",
            [*position, closed, limit + 1],
        ).fetchall()
        kept, following = paging.page(rows, limit, lambda row: (row[0], row[1], row[2]))
        return [Gap(*row) for row in kept], following


class SqlLook:
    """The log and the actor's permissions, for one call."""

    def __init__(self, connection: Connection, call: Call) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        self.log = SqlLog(driver)
        self.permissions = ActorPermissions(policies_of("audit"), call.actor)


class SqlLooks:
    """Opens looks at the log for one call."""

    def __init__(self, engine: Engine, call: Call) -> None:
        self._engine, self._call = engine, call

    @contextmanager
    def reading(self) -> Iterator[SqlLook]:
        """Each question sees the log as it is; what was true of a size stays true."""
        try:
            with store_errors(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                yield SqlLook(connection, self._call)
        except psycopg.OperationalError as error:
            raise StoreUnavailable from error
