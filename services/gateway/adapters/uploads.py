"""Uploads in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, literal_column, select, update

from services.gateway.adapters.job_tables import job
from services.gateway.adapters.upload_tables import upload as table
from services.gateway.domain.upload import Upload
from services.gateway.domain.upload_errors import UploadUnknown
from shared.persistence import paging

# spelt out in the statement, so that the partial index of open uploads is found
_OPEN: Final[ColumnElement[bool]] = literal_column("upload.state IN ('created', 'receiving')")
_FORGOTTEN: Final[ColumnElement[bool]] = literal_column("upload.state IN ('refused', 'cancelled', 'expired')")


class SqlUploads:
    """The uploads of one store, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, id: UUID) -> Upload:
        return self._one(select(table).where(table.c.id == id))

    def lock(self, id: UUID) -> Upload:
        return self._one(select(table).where(table.c.id == id).with_for_update())

    def count_open(self, owner: UUID) -> int:
        turn = int.from_bytes(owner.bytes[8:], "big", signed=True)
        self._connection.execute(select(func.pg_advisory_xact_lock(turn)))
        counted = select(func.count()).where(table.c.owner == owner, _OPEN)
        return self._connection.execute(counted).scalar_one()

    def add(self, upload: Upload) -> None:
        self._connection.execute(insert(table).values(_row(upload)))

    def save(self, upload: Upload) -> None:
        row = _row(upload)
        self._connection.execute(update(table).where(table.c.id == row.pop("id")).values(row))

    def of(self, owner: UUID, state: str | None, limit: int, after: str | None) -> tuple[Sequence[Upload], str | None]:
        query = select(table).where(table.c.owner == owner)
        if state is not None:
            query = query.where(table.c.state == state)
        if after is not None:
            (id,) = paging.decode(after, UUID)
            query = query.where(table.c.id < id)
        rows = self._connection.execute(query.order_by(table.c.id.desc()).limit(limit + 1)).all()
        kept, following = paging.page(rows, limit, lambda row: (row.id,))
        return [Upload(**row._asdict()) for row in kept], following

    def lock_idle(self, since: datetime, limit: int) -> Sequence[Upload]:
        query = select(table).where(_OPEN, table.c.touched_at < since).order_by(table.c.touched_at).limit(limit)
        rows = self._connection.execute(query.with_for_update(skip_locked=True)).all()
        return [Upload(**row._asdict()) for row in rows]

    def kept(self, content: Sequence[str]) -> Sequence[str]:
        uploads = select(table.c.sha256).where(table.c.sha256.in_(content))
        results = select(job.c.content).where(job.c.content.in_(content))
        return self._connection.execute(uploads.union(results)).scalars().all()

    def prune(self, before: datetime) -> None:
        self._connection.execute(delete(table).where(_FORGOTTEN, table.c.finished_at < before))

    def _one(self, query: Select[Any]) -> Upload:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise UploadUnknown
        return Upload(**row._asdict())


def _row(upload: Upload) -> dict[str, Any]:
    return {name: value for name, value in vars(upload).items() if name != "facts"}
