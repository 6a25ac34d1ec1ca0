"""Browser sessions in PostgreSQL, as the directory sees and ends them; the face begins them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select

from services.gateway.adapters.session_tables import session as table
from services.gateway.domain.session import KeptSession
from shared.persistence import paging

_SEEN = (
    table.c.id,
    table.c.actor,
    table.c.department,
    table.c.assurance,
    table.c.browser,
    table.c.version,
    table.c.began_at,
    table.c.seen_at,
    table.c.ends_at,
)


class SqlKeptSessions:
    """The sessions of one store, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, holder: UUID, at: datetime) -> Sequence[KeptSession]:
        asked = select(*_SEEN).where(table.c.actor == holder, table.c.ends_at > at)
        rows = self._connection.execute(asked.order_by(table.c.id.desc())).all()
        return [_session(row) for row in rows]

    def page(
        self, holder: UUID, at: datetime, limit: int, after: str | None
    ) -> tuple[Sequence[KeptSession], str | None]:
        asked = select(*_SEEN).where(table.c.actor == holder, table.c.ends_at > at)
        if after is not None:
            asked = asked.where(table.c.id < paging.decode(after, UUID)[0])
        rows = self._connection.execute(asked.order_by(table.c.id.desc()).limit(limit + 1)).all()
        kept, following = paging.page(rows, limit, lambda row: (row.id,))
        return [_session(row) for row in kept], following

    def end(self, ids: Collection[UUID]) -> Sequence[KeptSession]:
        if not ids:
            return []
        return [
            _session(row)
            for row in self._connection.execute(delete(table).where(table.c.id.in_(ids)).returning(*_SEEN))
        ]


def _session(row: Any) -> KeptSession:
    return KeptSession(
        id=row.id,
        holder=row.actor,
        department=row.department,
        assurance=row.assurance,
        browser=row.browser,
        version=row.version,
        began_at=row.began_at,
        seen_at=row.seen_at,
        ends_at=row.ends_at,
    )
