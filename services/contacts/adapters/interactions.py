"""Interactions in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, insert, literal, or_, select, tuple_

from services.contacts.adapters.tables import interaction as table
from services.contacts.domain.interaction import Interaction
from shared.persistence import paging


class SqlInteractions:
    """The touches with contacts, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, interaction: Interaction) -> None:
        self._connection.execute(insert(table).values(asdict(interaction)))

    def among(self, ids: Sequence[UUID]) -> Sequence[Interaction]:
        found = self._connection.execute(select(table).where(table.c.id.in_(ids)))
        return [Interaction(**row._asdict()) for row in found]

    def of(
        self, contact_id: UUID, departments: Sequence[str] | None, limit: int, after: str | None
    ) -> tuple[Sequence[Interaction], str | None]:
        query = select(table).where(table.c.contact_id == contact_id)
        if departments is not None:
            query = query.where(or_(*(table.c.department == d for d in departments), *(_below(d) for d in departments)))
        if after is not None:
            at, id = paging.decode(after, datetime, UUID)
            query = query.where(tuple_(table.c.occurred_at, table.c.id) < tuple_(literal(at), literal(id)))
        query = query.order_by(table.c.occurred_at.desc(), table.c.id.desc()).limit(limit + 1)
        kept, following = paging.page(
            self._connection.execute(query).all(), limit, lambda row: (row.occurred_at, row.id)
        )
        return [Interaction(**row._asdict()) for row in kept], following


def _below(department: str) -> ColumnElement[bool]:
    return table.c.department.startswith(f"{department}.", autoescape=True)
