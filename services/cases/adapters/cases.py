"""Cases in PostgreSQL."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Date,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import ColumnElement

from services.cases.adapters.case_types import SqlCaseTypes
from services.cases.adapters.tables import DUE, case_type
from services.cases.adapters.tables import case_record as table
from services.cases.application.ports import Terms
from services.cases.domain.bundle import Bundle
from services.cases.domain.case import Case, Origin
from services.cases.domain.errors import CaseUnknown
from shared.authz.reach import Reach
from shared.persistence import paging
from shared.persistence.reaching import rows_within

# made once: building a statement costs more than sending it
GET = (
    select(table, case_type.c.digest)
    .join(case_type, and_(case_type.c.key == table.c.case_type, case_type.c.version == table.c.case_type_version))
    .where(table.c.id == bindparam("case_id"))
)
AMONG = select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))
LOCK = GET.with_for_update(of=table)
ADD = insert(table)
ADD_UNLESS_THERE = (
    insert(table).on_conflict_do_nothing(index_elements=["source", "external_reference"]).returning(table.c.id)
)
SAVE = update(table).where(table.c.id == bindparam("case_id"))
FROM_ORIGIN = select(table).where(
    table.c.source == bindparam("from_source"), table.c.external_reference == bindparam("from_reference")
)


class SqlCases:
    """The cases of one store, on one connection."""

    def __init__(self, connection: Connection, case_types: SqlCaseTypes) -> None:
        self._connection, self._case_types = connection, case_types

    def get(self, id: UUID) -> tuple[Case, Bundle]:
        return self._one(GET, id)

    def lock(self, id: UUID) -> tuple[Case, Bundle]:
        return self._one(LOCK, id)

    def among(self, ids: Sequence[UUID]) -> Sequence[Case]:
        return [_case(row) for row in self._connection.execute(AMONG, {"ids": list(ids)})]

    def add(self, case: Case, opened_by: UUID) -> Case | None:
        row = {
            "id": case.id,
            "reference": case.reference,
            "case_type": case.case_type,
            "case_type_version": case.case_type_version,
            "contact_id": case.contact_id,
            "department": case.department,
            "prefilled": list(case.prefilled),
            "due_on": case.due_on,
            "opened_at": case.opened_at,
            "recorded_at": case.recorded_at,
            "opened_by": opened_by,
            "source": case.origin.source if case.origin else None,
            "external_reference": case.origin.reference if case.origin else None,
        }
        if case.origin is None:
            self._connection.execute(ADD, row | _moving(case))
            return None
        if self._connection.execute(ADD_UNLESS_THERE, row | _moving(case)).one_or_none() is not None:
            return None
        origin = {"from_source": case.origin.source, "from_reference": case.origin.reference}
        return _case(self._connection.execute(FROM_ORIGIN, origin).one())

    def save(self, case: Case) -> None:
        self._connection.execute(SAVE, _moving(case) | {"case_id": case.id})

    def find(self, terms: Terms, reach: Reach, limit: int, after: str | None) -> tuple[Sequence[Case], str | None]:
        position = (DUE, table.c.opened_at, table.c.id)
        query = select(table).where(*_terms(terms), _within(reach)).order_by(*position).limit(limit + 1)
        if after is not None:
            due, opened_at, id = paging.decode(after, str, datetime, UUID)
            query = query.where(tuple_(*position) > tuple_(cast(_day(due), Date), literal(opened_at), literal(id)))
        kept, following = paging.page(
            self._connection.execute(query).all(),
            limit,
            lambda row: ((row.due_on or date.max).isoformat(), row.opened_at, row.id),
        )
        return [_case(row) for row in kept], following

    def _one(self, query: Select[Any], id: UUID) -> tuple[Case, Bundle]:
        row = self._connection.execute(query, {"case_id": id}).one_or_none()
        if row is None:
            raise CaseUnknown
        return _case(row), self._case_types.bundle(row.case_type, row.case_type_version, row.digest)


def _terms(terms: Terms) -> list[ColumnElement[bool]]:
    asked = {
        table.c.contact_id: terms.contact_id,
        table.c.case_type: terms.case_type,
        table.c.state: terms.state,
        table.c.assigned_to: terms.assigned_to,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in asked.items() if value is not None]
    if terms.open is not None:
        found.append(~table.c.closed if terms.open else table.c.closed)
    return found


def _within(reach: Reach) -> ColumnElement[bool]:
    return rows_within(
        reach,
        belongs_to=(table.c.id, table.c.contact_id),
        department=table.c.department,
        contact=table.c.contact_id,
        assigned=table.c.assigned_to,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise paging.CursorInvalid from error


def _case(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        reference=row.reference,
        case_type=row.case_type,
        case_type_version=row.case_type_version,
        contact_id=row.contact_id,
        state=row.state,
        department=row.department,
        opened_at=row.opened_at,
        recorded_at=row.recorded_at,
        data=row.data,
        prefilled=tuple(row.prefilled),
        closed=row.closed,
        outcome=row.outcome,
        assigned_to=row.assigned_to,
        due_on=row.due_on,
        closed_at=row.closed_at,
        origin=Origin(row.source, row.external_reference) if row.source else None,
        version=row.version,
    )


def _moving(case: Case) -> dict[str, Any]:
    """What a step may change."""
    return {
        "state": case.state,
        "closed": case.closed,
        "closed_at": case.closed_at,
        "outcome": case.outcome,
        "data": case.data,
        "assigned_to": case.assigned_to,
        "version": case.version,
    }
