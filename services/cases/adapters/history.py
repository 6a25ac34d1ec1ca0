"""The history of cases in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select

from services.cases.adapters.tables import case_event as table
from services.cases.domain.history import Entry
from shared.persistence import paging

ADD = insert(table)


class SqlHistory:
    """What was done on cases, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: Entry) -> None:
        self._connection.execute(
            ADD,
            {
                "case_id": entry.case_id,
                "sequence": entry.sequence,
                "event": entry.event,
                "from_state": entry.from_state,
                "to_state": entry.to_state,
                "case_type_version": entry.case_type_version,
                "actor": entry.actor,
                "on_behalf_of": entry.on_behalf_of,
                "fields": list(entry.fields),
                "answers": entry.answers or None,
                "comment": entry.comment,
                "resource": entry.resource,
                "salt": entry.salt,
                "occurred_at": entry.occurred_at,
                "recorded_at": entry.recorded_at,
            },
        )

    def of(self, case_id: UUID, limit: int, after: str | None) -> tuple[Sequence[Entry], str | None]:
        query = select(table).where(table.c.case_id == case_id).order_by(table.c.sequence).limit(limit + 1)
        if after is not None:
            (sequence,) = paging.decode(after, int)
            query = query.where(table.c.sequence > sequence)
        kept, following = paging.page(self._connection.execute(query).all(), limit, lambda row: (row.sequence,))
        return [_entry(row) for row in kept], following


def _entry(row: Row[Any]) -> Entry:
    return Entry(**(row._asdict() | {"fields": tuple(row.fields)}))
