"""Attempts in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from services.notifications.adapters.tables import attempt as table
from services.notifications.application.ports import Attempt, AttemptOutcome

# made once, because every message takes these
_BEGIN = insert(table)
_END = update(table).where(table.c.message_id == bindparam("of"), table.c.number == bindparam("attempt"))
_END = _END.values({name: bindparam(name) for name in ("outcome", "detail", "ended_at")})


class SqlAttempts:
    """The attempts of messages, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, message_id: UUID, number: int, at: datetime) -> None:
        self._connection.execute(
            _BEGIN, {"message_id": message_id, "number": number, "outcome": "pending", "started_at": at}
        )

    def end(self, message_id: UUID, number: int, outcome: AttemptOutcome, detail: str, at: datetime) -> None:
        self._connection.execute(
            _END, {"of": message_id, "attempt": number, "outcome": outcome, "detail": detail, "ended_at": at}
        )

    def of(self, message_id: UUID) -> Sequence[Attempt]:
        query = select(table).where(table.c.message_id == message_id).order_by(table.c.number)
        return [
            Attempt(row.number, row.outcome, row.detail, row.started_at, row.ended_at)
            for row in self._connection.execute(query)
        ]
