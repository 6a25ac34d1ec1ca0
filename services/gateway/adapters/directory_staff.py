"""Staff in PostgreSQL."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, insert, literal, or_, select, tuple_
from sqlalchemy import update as updating
from sqlalchemy.exc import IntegrityError

from services.gateway.adapters import conditions
from services.gateway.adapters.directory_tables import assignment, team_member
from services.gateway.adapters.directory_tables import staff as table
from services.gateway.adapters.reaching import reached, within
from services.gateway.application.ports import Belongings, Reach, StaffTerms
from services.gateway.domain.errors import StaffExists, StaffUnknown, UserNameTaken
from services.gateway.domain.staff import Description, Staff
from shared.contracts.gateway.staff import Alternative
from shared.persistence import paging

MOST_COUNTED: Final = 100_000
_FIELDS: Final[Mapping[str, conditions.Make]] = {
    "id": conditions.id_of(table.c.id),
    "user_name": conditions.text_of(table.c.user_name),
    "display_name": conditions.text_of(table.c.display_name),
    "email": conditions.text_of(table.c.email),
    "department": conditions.text_of(table.c.department),
    "external_id": conditions.text_of(table.c.external_id, folded=False),
    "active": conditions.flag_of(table.c.active),
    "provisioned_at": conditions.moment_of(table.c.provisioned_at),
    "changed_at": conditions.moment_of(table.c.changed_at),
    "team": conditions.among(
        lambda team_id: exists().where(team_member.c.staff_id == table.c.id, team_member.c.team_id == team_id),
        any_at_all=exists().where(team_member.c.staff_id == table.c.id),
    ),
}


class SqlStaff:
    """The staff of one store, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, id: UUID) -> Staff:
        return self._one(_present().where(table.c.id == id))

    def lock(self, id: UUID) -> Staff:
        return self._one(_present().where(table.c.id == id).with_for_update())

    def removed(self, id: UUID) -> Staff | None:
        row = self._connection.execute(select(table).where(table.c.id == id).with_for_update()).one_or_none()
        if row is not None and row.removed_at is None:
            raise StaffExists(staff_id=str(id))
        return _staff(row) if row is not None else None

    def add(self, staff: Staff) -> None:
        with self._named_once():
            self._connection.execute(insert(table).values(_row(staff)))

    def save(self, staff: Staff) -> None:
        row = _row(staff)
        with self._named_once():
            self._connection.execute(updating(table).where(table.c.id == row.pop("id")).values(row))

    def departments(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        if not ids:
            return {}
        asked = select(table.c.id, table.c.department).where(table.c.id.in_(ids), table.c.removed_at.is_(None))
        # held, so that nobody put into a team now is removed at the same time
        rows = self._connection.execute(asked.order_by(table.c.id).with_for_update(read=True)).all()
        return dict(rows)

    def belongings(self, ids: Sequence[UUID], at: datetime) -> Mapping[UUID, Belongings]:
        if not ids:
            return {}
        member = team_member
        teams = self._connection.execute(
            select(member.c.staff_id, func.array_agg(member.c.team_id))
            .where(member.c.staff_id.in_(ids))
            .group_by(member.c.staff_id)
        ).all()
        roles = self._connection.execute(
            select(assignment.c.holder, func.array_agg(assignment.c.role.distinct()))
            .where(assignment.c.holder.in_(ids), in_force(at), assignment.c.kind == "standard")
            .group_by(assignment.c.holder)
        ).all()
        by_team = {id: tuple(sorted(found)) for id, found in teams}
        by_role = {id: tuple(sorted(found)) for id, found in roles}
        return {id: Belongings(by_team.get(id, ()), by_role.get(id, ())) for id in ids}

    def page(
        self, terms: StaffTerms, reach: Reach, at: datetime, limit: int, after: str | None
    ) -> tuple[Sequence[Staff], str | None]:
        query = _present().where(_reached(reach), *_terms(terms, at))
        place = (table.c.user_name_folded, table.c.id)
        if after is not None:
            query = query.where(tuple_(*place) > tuple_(*map(literal, paging.decode(after, str, UUID))))
        rows = self._connection.execute(query.order_by(*place).limit(limit + 1)).all()
        kept, following = paging.page(rows, limit, lambda row: (row.user_name_folded, row.id))
        return [_staff(row) for row in kept], following

    def find(self, where: Sequence[Alternative], reach: Reach, start: int, limit: int) -> tuple[Sequence[Staff], int]:
        query = _present().where(_reached(reach), conditions.clause(where, _FIELDS))
        counted = query.with_only_columns(table.c.id).limit(MOST_COUNTED).subquery()
        total = self._connection.execute(select(func.count()).select_from(counted)).scalar_one()
        rows = self._connection.execute(
            query.order_by(table.c.user_name_folded, table.c.id).offset(start).limit(limit)
        ).all()
        return [_staff(row) for row in rows], total

    @contextmanager
    def _named_once(self) -> Iterator[None]:
        try:
            with self._connection.begin_nested():
                yield
        except IntegrityError as error:
            raise UserNameTaken(errors=[{"pointer": "/user_name", "detail": "is somebody else's"}]) from error

    def _one(self, query: Select[Any]) -> Staff:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise StaffUnknown
        return _staff(row)


def in_force(at: datetime) -> ColumnElement[bool]:
    """An assignment has begun and has not ended."""
    return and_(
        assignment.c.ended_at.is_(None),
        assignment.c.begins_at <= at,
        or_(assignment.c.ends_at.is_(None), assignment.c.ends_at > at),
    )


def _present() -> Select[Any]:
    return select(table).where(table.c.removed_at.is_(None))


def _reached(reach: Reach) -> ColumnElement[bool]:
    return reached(reach, department=table.c.department, person=table.c.id)


def _terms(terms: StaffTerms, at: datetime) -> Iterator[ColumnElement[bool]]:
    if terms.department is not None:
        yield within(table.c.department, terms.department)
    if terms.active is not None:
        yield table.c.active == terms.active
    if terms.team_id is not None:
        yield exists().where(team_member.c.staff_id == table.c.id, team_member.c.team_id == terms.team_id)
    if terms.skill is not None:
        yield table.c.skills.contains([terms.skill])
    if terms.role is not None:
        yield exists().where(
            assignment.c.holder == table.c.id,
            assignment.c.role == terms.role,
            assignment.c.kind == "standard",
            in_force(at),
        )


def _staff(row: Row[Any]) -> Staff:
    return Staff(
        id=row.id,
        description=Description(
            user_name=row.user_name,
            display_name=row.display_name,
            department=row.department,
            email=row.email,
            skills=tuple(row.skills),
            capacity=row.capacity,
            external_id=row.external_id,
        ),
        active=row.active,
        provisioned_at=row.provisioned_at,
        changed_at=row.changed_at,
        removed_at=row.removed_at,
        version=row.version,
    )


def _row(staff: Staff) -> dict[str, Any]:
    said = staff.description
    return {
        "id": staff.id,
        "user_name": said.user_name,
        "user_name_folded": said.user_name.casefold(),
        "display_name": said.display_name,
        "email": said.email,
        "department": said.department,
        "active": staff.active,
        "skills": list(said.skills),
        "capacity": said.capacity,
        "external_id": said.external_id,
        "version": staff.version,
        "provisioned_at": staff.provisioned_at,
        "changed_at": staff.changed_at,
        "removed_at": staff.removed_at,
    }
