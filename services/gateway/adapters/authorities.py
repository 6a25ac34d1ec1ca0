"""Mandates and delegations in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, literal, or_, select, tuple_, update

from services.gateway.adapters.authority_tables import authority as table
from services.gateway.application.acting.ports import AuthorityTerms
from services.gateway.domain.authority import Authority
from services.gateway.domain.authority_errors import AuthorityUnknown
from shared.persistence import paging


class SqlAuthorities:
    """The mandates and delegations of one store, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, id: UUID) -> Authority:
        row = self._connection.execute(select(table).where(table.c.id == id).with_for_update()).one_or_none()
        if row is None:
            raise AuthorityUnknown
        return _authority(row)

    def add(self, authority: Authority) -> None:
        self._connection.execute(insert(table).values(vars(authority) | {"roles": list(authority.roles)}))

    def save(self, authority: Authority) -> None:
        ended = {name: getattr(authority, name) for name in ("ended_at", "ended_by", "end_reason")}
        self._connection.execute(update(table).where(table.c.id == authority.id).values(ended))

    def page(self, terms: AuthorityTerms, limit: int, after: str | None) -> tuple[Sequence[Authority], str | None]:
        query = select(table)
        if terms.principal is not None:
            query = query.where(table.c.principal == terms.principal)
        if terms.representative is not None:
            query = query.where(table.c.representative == terms.representative)
        if terms.among is not None:
            query = query.where(or_(table.c.principal.in_(terms.among), table.c.representative.in_(terms.among)))
        if after is not None:
            at, id = paging.decode(after, datetime, UUID)
            query = query.where(tuple_(table.c.granted_at, table.c.id) < tuple_(literal(at), literal(id)))
        query = query.order_by(table.c.granted_at.desc(), table.c.id.desc()).limit(limit + 1)
        kept, following = paging.page(
            self._connection.execute(query).all(), limit, lambda row: (row.granted_at, row.id)
        )
        return [_authority(row) for row in kept], following


def _authority(row: Row[Any]) -> Authority:
    said = row._asdict()
    return Authority(**(said | {"roles": tuple(said["roles"])}))
