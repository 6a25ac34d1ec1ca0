"""The history of contacts in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, insert, select

from services.contacts.adapters.tables import contact_change as table
from services.contacts.application.ports import Change
from shared.persistence import paging


class SqlChanges:
    """Who changed what, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, contact_id: UUID, change: Change) -> None:
        self._connection.execute(
            insert(table).values(
                contact_id=contact_id,
                version=change.version,
                action=change.action,
                fields=list(change.fields),
                actor=change.actor,
                occurred_at=change.occurred_at,
                recorded_at=change.recorded_at,
            )
        )

    def of(self, contact_id: UUID, limit: int, after: str | None) -> tuple[Sequence[Change], str | None]:
        query = select(table).where(table.c.contact_id == contact_id).order_by(table.c.version.desc())
        if after is not None:
            (version,) = paging.decode(after, int)
            query = query.where(table.c.version < version)
        rows = self._connection.execute(query.limit(limit + 1)).all()
        kept, following = paging.page(rows, limit, lambda row: (row.version,))
        changes = [
            Change(row.version, row.action, tuple(row.fields), row.actor, row.occurred_at, row.recorded_at)
            for row in kept
        ]
        return changes, following
