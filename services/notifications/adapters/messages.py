"""Messages in PostgreSQL, which is also the queue that senders work from."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Interval, Row, Select, bindparam, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from services.notifications.adapters.tables import message as table
from services.notifications.application.ports import Terms
from services.notifications.domain.errors import MessageUnknown
from services.notifications.domain.message import About, Message, Status, Written
from shared.authz.reach import Reach
from shared.errors import Stale
from shared.persistence import paging
from shared.persistence.reaching import rows_within

STEPS = (
    "status",
    "reason",
    "attempts",
    "unread",
    "language",
    "template_version",
    "salt",
    "digest",
    "finished_at",
    "version",
)
"""What a step may change."""
# made once, because every message takes these
_STEP = (
    update(table)
    .where(table.c.id == bindparam("message_id"), table.c.version == bindparam("read_at"))
    .values({name: bindparam(f"new_{name}") for name in STEPS})
)
_STEP_DUE = _STEP.values(due_at=func.now() + bindparam("due_in", type_=Interval))


class SqlMessages:
    """The messages of one store, on one connection. Leases run by the store's clock, not by a sender's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_once(self, message: Message) -> bool:
        row = insert(table).values(_row(message) | {"due_at": message.created_at})
        once = row.on_conflict_do_nothing(constraint="uq_message_cause_template").returning(table.c.id)
        return self._connection.execute(once).first() is not None

    def get(self, message_id: UUID) -> Message:
        return self._one(select(table).where(table.c.id == message_id))

    def among(self, ids: Sequence[UUID]) -> Sequence[Message]:
        return [_message(row) for row in self._connection.execute(select(table).where(table.c.id.in_(ids)))]

    def lock(self, message_id: UUID) -> Message:
        return self._one(select(table).where(table.c.id == message_id).with_for_update())

    def save(self, message: Message, *, due_in_seconds: float | None = None) -> None:
        row = _row(message)
        values: dict[str, Any] = {f"new_{name}": row[name] for name in STEPS}
        values |= {"message_id": message.id, "read_at": message.version - 1}
        if due_in_seconds is not None:
            values["due_in"] = timedelta(seconds=due_in_seconds)
        if self._connection.execute(_STEP if due_in_seconds is None else _STEP_DUE, values).rowcount == 0:
            raise Stale

    def claim(self, limit: int, lease_seconds: float) -> Sequence[Message]:
        due = (
            select(table.c.id)
            .where(table.c.status == "queued", table.c.due_at <= func.now())
            .order_by(table.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        # the select is a CTE, so that it is run once: as a subquery it may be run again and lock more than the limit
        due_ids = due.cte("due")
        claimed = (
            update(table)
            .where(table.c.id == due_ids.c.id)
            .values(due_at=_in(lease_seconds), version=table.c.version + 1)
            .returning(table)
        )
        rows = self._connection.execute(claimed).all()
        return sorted(map(_message, rows), key=lambda message: message.id)

    def abandoned(self, limit: int) -> Sequence[Message]:
        query = select(table).where(table.c.status == "sending", table.c.due_at <= func.now())
        return [_message(row) for row in self._connection.execute(query.order_by(table.c.due_at).limit(limit))]

    def page(self, terms: Terms, reach: Reach, limit: int, after: str | None) -> tuple[Sequence[Message], str | None]:
        query = select(table).where(_within(reach)).order_by(table.c.id.desc())
        if terms.contact_id is not None:
            query = query.where(table.c.contact_id == terms.contact_id)
        if terms.case_id is not None:
            query = query.where(table.c.case_id == terms.case_id)
        if terms.status is not None:
            query = query.where(table.c.status == terms.status)
        if after is not None:
            (last,) = paging.decode(after, UUID)
            query = query.where(table.c.id < last)
        rows = self._connection.execute(query.limit(limit + 1)).all()
        kept, following = paging.page(rows, limit, lambda row: (row.id,))
        return [_message(row) for row in kept], following

    def count(self, reach: Reach) -> dict[Status, int]:
        query = select(table.c.status, func.count().label("number")).where(_within(reach)).group_by(table.c.status)
        return {row.status: row.number for row in self._connection.execute(query)}

    def _one(self, query: Select[Any]) -> Message:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise MessageUnknown
        return _message(row)


def _in(seconds: float) -> ColumnElement[Any]:
    return func.now() + literal(timedelta(seconds=seconds))


def _within(reach: Reach) -> ColumnElement[bool]:
    named = (table.c.id, table.c.contact_id, table.c.case_id)
    return rows_within(reach, belongs_to=named, department=table.c.department, contact=table.c.contact_id)


def _message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        contact_id=row.contact_id,
        case_id=row.case_id,
        department=row.department,
        template=row.template,
        cause=row.cause,
        about=About(row.reference, row.case_type, row.outcome),
        traceparent=row.traceparent,
        created_at=row.created_at,
        status=row.status,
        reason=row.reason,
        attempts=row.attempts,
        unread=row.unread,
        written=Written(row.language, row.template_version, row.salt, row.digest) if row.digest else None,
        finished_at=row.finished_at,
        version=row.version,
    )


def _row(message: Message) -> dict[str, Any]:
    written = message.written
    return {
        "id": message.id,
        "contact_id": message.contact_id,
        "case_id": message.case_id,
        "department": message.department,
        "template": message.template,
        "cause": message.cause,
        "reference": message.about.reference,
        "case_type": message.about.case_type,
        "outcome": message.about.outcome,
        "traceparent": message.traceparent,
        "status": message.status,
        "reason": message.reason,
        "attempts": message.attempts,
        "unread": message.unread,
        "language": written.language if written else None,
        "template_version": written.version if written else None,
        "salt": written.salt if written else None,
        "digest": written.digest if written else None,
        "created_at": message.created_at,
        "finished_at": message.finished_at,
        "version": message.version,
    }
