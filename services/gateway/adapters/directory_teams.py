"""Teams in PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy import update as updating
from sqlalchemy.exc import IntegrityError

from services.gateway.adapters import conditions
from services.gateway.adapters.directory_staff import MOST_COUNTED
from services.gateway.adapters.directory_tables import team as table
from services.gateway.adapters.directory_tables import team_member as member
from services.gateway.adapters.reaching import within
from services.gateway.application.ports import Reach
from services.gateway.domain.errors import TeamNameTaken, TeamUnknown
from services.gateway.domain.team import Team, TeamDescription
from shared.contracts.gateway.staff import Alternative
from shared.persistence import paging

_FIELDS: Final[Mapping[str, conditions.Make]] = {
    "id": conditions.id_of(table.c.id),
    "name": conditions.text_of(table.c.name),
    "department": conditions.text_of(table.c.department),
    "external_id": conditions.text_of(table.c.external_id, folded=False),
    "created_at": conditions.moment_of(table.c.created_at),
    "changed_at": conditions.moment_of(table.c.changed_at),
    "member": conditions.among(
        lambda staff_id: exists().where(member.c.team_id == table.c.id, member.c.staff_id == staff_id),
        any_at_all=exists().where(member.c.team_id == table.c.id),
    ),
}


class SqlTeams:
    """The teams of one store, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, id: UUID) -> Team:
        return self._one(_present().where(table.c.id == id))

    def lock(self, id: UUID) -> Team:
        return self._one(_present().where(table.c.id == id).with_for_update())

    def add(self, team: Team) -> None:
        with self._named_once():
            self._connection.execute(insert(table).values(_row(team)))
        self._enter(team.id, team.description.members)

    def save(self, team: Team) -> None:
        row = _row(team)
        with self._named_once():
            self._connection.execute(updating(table).where(table.c.id == row.pop("id")).values(row))
        before = self._members([team.id]).get(team.id, frozenset())
        gone = before - team.description.members
        if gone:
            self._connection.execute(delete(member).where(member.c.team_id == team.id, member.c.staff_id.in_(gone)))
        self._enter(team.id, team.description.members - before)

    def lock_with(self, member_id: UUID) -> Sequence[Team]:
        theirs = select(member.c.team_id).where(member.c.staff_id == member_id)
        rows = self._connection.execute(
            _present().where(table.c.id.in_(theirs)).order_by(table.c.id).with_for_update()
        ).all()
        return self._teams(rows)

    def page(
        self, department: str | None, member_id: UUID | None, reach: Reach, limit: int, after: str | None
    ) -> tuple[Sequence[Team], str | None]:
        query = _present().where(_reached(reach))
        if department is not None:
            query = query.where(within(table.c.department, department))
        if member_id is not None:
            query = query.where(exists().where(member.c.team_id == table.c.id, member.c.staff_id == member_id))
        place = (table.c.name_folded, table.c.id)
        if after is not None:
            query = query.where(tuple_(*place) > tuple_(*map(literal, paging.decode(after, str, UUID))))
        rows = self._connection.execute(query.order_by(*place).limit(limit + 1)).all()
        kept, following = paging.page(rows, limit, lambda row: (row.name_folded, row.id))
        return self._teams(kept), following

    def find(self, where: Sequence[Alternative], reach: Reach, start: int, limit: int) -> tuple[Sequence[Team], int]:
        query = _present().where(_reached(reach), conditions.clause(where, _FIELDS))
        counted = query.with_only_columns(table.c.id).limit(MOST_COUNTED).subquery()
        total = self._connection.execute(select(func.count()).select_from(counted)).scalar_one()
        rows = self._connection.execute(query.order_by(table.c.name_folded, table.c.id).offset(start).limit(limit))
        return self._teams(rows.all()), total

    @contextmanager
    def _named_once(self) -> Iterator[None]:
        try:
            with self._connection.begin_nested():
                yield
        except IntegrityError as error:
            raise TeamNameTaken(errors=[{"pointer": "/name", "detail": "is another team's"}]) from error

    def _enter(self, team_id: UUID, members: frozenset[UUID]) -> None:
        if members:
            rows = [{"team_id": team_id, "staff_id": id} for id in sorted(members)]
            self._connection.execute(insert(member).values(rows))

    def _members(self, ids: Sequence[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        query = select(member.c.team_id, func.array_agg(member.c.staff_id)).where(member.c.team_id.in_(ids))
        rows = self._connection.execute(query.group_by(member.c.team_id)).all() if ids else ()
        return {team_id: frozenset(found) for team_id, found in rows}

    def _one(self, query: Select[Any]) -> Team:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise TeamUnknown
        return self._teams([row])[0]

    def _teams(self, rows: Sequence[Row[Any]]) -> list[Team]:
        members = self._members([row.id for row in rows])
        return [_team(row, members.get(row.id, frozenset())) for row in rows]


def _present() -> Select[Any]:
    return select(table).where(table.c.removed_at.is_(None))


def _reached(reach: Reach) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [literal(reach.everywhere)]
    if reach.department is not None:
        parts.append(within(table.c.department, reach.department))
    if reach.person is not None:
        parts.append(exists().where(member.c.team_id == table.c.id, member.c.staff_id == reach.person))
    return or_(*parts)


def _team(row: Row[Any], members: frozenset[UUID]) -> Team:
    return Team(
        id=row.id,
        description=TeamDescription(row.name, row.department, row.lead, members, row.external_id),
        created_at=row.created_at,
        changed_at=row.changed_at,
        removed_at=row.removed_at,
        version=row.version,
    )


def _row(team: Team) -> dict[str, Any]:
    said = team.description
    return {
        "id": team.id,
        "name": said.name,
        "name_folded": said.name.casefold(),
        "department": said.department,
        "lead": said.lead,
        "external_id": said.external_id,
        "version": team.version,
        "created_at": team.created_at,
        "changed_at": team.changed_at,
        "removed_at": team.removed_at,
    }
