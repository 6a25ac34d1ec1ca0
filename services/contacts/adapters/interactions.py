"""Interactions in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, literal, select, tuple_

from services.contacts.adapters.tables import interaction as table
from services.contacts.domain.interaction import Interaction
from shared.authz.reach import Reach
from shared.persistence import paging
from shared.persistence.reaching import rows_within


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
        self, contact_id: UUID, reach: Reach, limit: int, after: str | None
    ) -> tuple[Sequence[Interaction], str | None]:
        named = (table.c.id, table.c.contact_id, table.c.case_id)
        within = rows_within(reach, belongs_to=named, department=table.c.department, contact=table.c.contact_id)
        query = select(table).where(table.c.contact_id == contact_id, within)
        if after is not None:
            at, id = paging.decode(after, datetime, UUID)
            query = query.where(tuple_(table.c.occurred_at, table.c.id) < tuple_(literal(at), literal(id)))
        query = query.order_by(table.c.occurred_at.desc(), table.c.id.desc()).limit(limit + 1)
        kept, following = paging.page(
            self._connection.execute(query).all(), limit, lambda row: (row.occurred_at, row.id)
        )
        return [Interaction(**row._asdict()) for row in kept], following
