"""Assignments in PostgreSQL."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, insert, literal, not_, or_, select, tuple_
from sqlalchemy import update as updating

from services.gateway.adapters.directory_staff import in_force
from services.gateway.adapters.directory_tables import assignment as table
from services.gateway.adapters.directory_tables import staff
from services.gateway.adapters.reaching import reached
from services.gateway.adapters.tables import actor
from services.gateway.application.ports import AssignmentTerms, Reach
from services.gateway.domain.administrators import ADMINISTRATOR
from services.gateway.domain.assignment import Assignment
from services.gateway.domain.errors import AssignmentUnknown
from services.gateway.domain.periods import Period
from shared.persistence import paging


class SqlAssignments:
    """The assignments of one store, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, id: UUID) -> Assignment:
        return self._one(select(table).where(table.c.id == id))

    def lock(self, id: UUID) -> Assignment:
        return self._one(select(table).where(table.c.id == id).with_for_update())

    def of(self, holder: UUID) -> Sequence[Assignment]:
        # the holder's own row stands for the whole list: two gifts at once are counted one after the other
        self._connection.execute(select(actor.c.id).where(actor.c.id == holder).with_for_update()).all()
        open_ones = select(table).where(table.c.holder == holder, table.c.ended_at.is_(None)).order_by(table.c.id)
        return [_assignment(row) for row in self._connection.execute(open_ones.with_for_update()).all()]

    def add(self, assignment: Assignment) -> None:
        self._connection.execute(insert(table).values(_row(assignment)))

    def save(self, assignment: Assignment) -> None:
        row = _row(assignment)
        self._connection.execute(updating(table).where(table.c.id == row.pop("id")).values(row))

    def administrators(self, at: datetime) -> AbstractSet[UUID]:
        held = (
            select(table.c.holder)
            .join(staff, staff.c.id == table.c.holder)
            .where(
                table.c.kind == "standard",
                table.c.role == ADMINISTRATOR,
                in_force(at),
                staff.c.active,
                staff.c.removed_at.is_(None),
            )
            .order_by(table.c.id)
            .with_for_update()
        )
        return set(self._connection.execute(held).scalars())

    def page(
        self, terms: AssignmentTerms, reach: Reach, at: datetime, limit: int, after: str | None
    ) -> tuple[Sequence[Assignment], str | None]:
        query = select(table).where(_reached(reach), *_terms(terms, at))
        if after is not None:
            moment, id = paging.decode(after, datetime, UUID)
            query = query.where(tuple_(table.c.granted_at, table.c.id) < tuple_(literal(moment), literal(id)))
        query = query.order_by(table.c.granted_at.desc(), table.c.id.desc()).limit(limit + 1)
        kept, following = paging.page(
            self._connection.execute(query).all(), limit, lambda row: (row.granted_at, row.id)
        )
        return [_assignment(row) for row in kept], following

    def challenges(
        self, *, reviewed: bool, overdue: bool | None, reach: Reach, at: datetime, limit: int, after: str | None
    ) -> tuple[Sequence[Assignment], str | None]:
        query = select(table).where(_reached(reach), table.c.kind == "challenged")
        query = query.where(table.c.reviewed_at.is_not(None) if reviewed else table.c.reviewed_at.is_(None))
        if overdue is not None:
            late = table.c.review_due < at
            query = query.where(late if overdue else not_(late))
        place = (table.c.review_due, table.c.id)
        if after is not None:
            query = query.where(tuple_(*place) > tuple_(*map(literal, paging.decode(after, datetime, UUID))))
        rows = self._connection.execute(query.order_by(*place).limit(limit + 1)).all()
        kept, following = paging.page(rows, limit, lambda row: (row.review_due, row.id))
        return [_assignment(row) for row in kept], following

    def _one(self, query: Select[Any]) -> Assignment:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise AssignmentUnknown
        return _assignment(row)


def _reached(reach: Reach) -> ColumnElement[bool]:
    return reached(reach, department=table.c.department, person=table.c.holder)


def _terms(terms: AssignmentTerms, at: datetime) -> Iterator[ColumnElement[bool]]:
    if terms.staff_id is not None:
        yield table.c.holder == terms.staff_id
    if terms.kind is not None:
        yield table.c.kind == terms.kind
    if terms.role is not None:
        yield table.c.role == terms.role
    if terms.about is not None:
        yield table.c.about == terms.about
    if terms.in_force is not None:
        counts = in_force(at)
        past = or_(table.c.ended_at.is_not(None), table.c.begins_at > at, and_(table.c.ends_at <= at))
        yield counts if terms.in_force else past


def _assignment(row: Row[Any]) -> Assignment:
    fields = row._asdict()
    period = Period(fields.pop("begins_at"), fields.pop("ends_at"))
    return Assignment(**fields, period=period)


def _row(assignment: Assignment) -> dict[str, Any]:
    row = dict(vars(assignment))
    period: Period = row.pop("period")
    return row | {"begins_at": period.begins_at, "ends_at": period.ends_at}
