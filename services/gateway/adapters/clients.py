"""Systems that call the API, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, literal, select, tuple_, update

from services.gateway.adapters.client_tables import client as table
from services.gateway.adapters.client_tables import client_key
from services.gateway.adapters.reaching import reached
from services.gateway.application.ports import Reach
from services.gateway.domain.client import Client, ClientKey
from services.gateway.domain.client_errors import ClientUnknown
from shared.persistence import paging

STORED = (
    "name",
    "owner",
    "department",
    "purpose",
    "scopes",
    "active",
    "expires_at",
    "version",
    "registered_at",
    "registered_by",
    "changed_at",
)


class SqlClients:
    """The systems of one store, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, id: UUID) -> Client:
        return self._one(select(table).where(table.c.id == id))

    def lock(self, id: UUID) -> Client:
        return self._one(select(table).where(table.c.id == id).with_for_update())

    def active_of(self, owner: UUID) -> Sequence[Client]:
        query = select(table).where(table.c.owner == owner, table.c.active).order_by(table.c.id).with_for_update()
        return self._with_keys(self._connection.execute(query).all())

    def add(self, client: Client) -> None:
        self._connection.execute(insert(table).values(_row(client) | {"id": client.id}))
        self._connection.execute(insert(client_key), [_key_row(client.id, key) for key in client.keys])

    def save(self, client: Client) -> None:
        self._connection.execute(update(table).where(table.c.id == client.id).values(_row(client)))
        if "keys" in client.changes:
            self._connection.execute(delete(client_key).where(client_key.c.client_id == client.id))
            self._connection.execute(insert(client_key), [_key_row(client.id, key) for key in client.keys])

    def page(
        self, active: bool | None, reach: Reach, limit: int, after: str | None
    ) -> tuple[Sequence[Client], str | None]:
        query = select(table).where(reached(reach, department=table.c.department, person=table.c.owner))
        if active is not None:
            query = query.where(table.c.active == active)
        if after is not None:
            at, id = paging.decode(after, datetime, UUID)
            query = query.where(tuple_(table.c.registered_at, table.c.id) < tuple_(literal(at), literal(id)))
        query = query.order_by(table.c.registered_at.desc(), table.c.id.desc()).limit(limit + 1)
        kept, following = paging.page(
            self._connection.execute(query).all(), limit, lambda row: (row.registered_at, row.id)
        )
        return self._with_keys(kept), following

    def _one(self, query: Any) -> Client:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise ClientUnknown
        return self._with_keys([row])[0]

    def _with_keys(self, rows: Sequence[Row[Any]]) -> list[Client]:
        asked = select(client_key).where(client_key.c.client_id.in_([row.id for row in rows]))
        keys: dict[UUID, list[ClientKey]] = {row.id: [] for row in rows}
        for row in self._connection.execute(asked.order_by(client_key.c.added_at, client_key.c.kid)):
            keys[row.client_id].append(ClientKey(row.kid, row.jwk, row.added_at, row.expires_at))
        return [_client(row, tuple(keys[row.id])) for row in rows]


def _client(row: Row[Any], keys: tuple[ClientKey, ...]) -> Client:
    said = {name: getattr(row, name) for name in STORED}
    return Client(id=row.id, keys=keys, last_used_at=row.last_used_at, **(said | {"scopes": tuple(row.scopes)}))


def _row(client: Client) -> dict[str, Any]:
    return {name: getattr(client, name) for name in STORED} | {"scopes": list(client.scopes)}


def _key_row(client_id: UUID, key: ClientKey) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "kid": key.kid,
        "jwk": key.jwk,
        "added_at": key.added_at,
        "expires_at": key.expires_at,
    }
