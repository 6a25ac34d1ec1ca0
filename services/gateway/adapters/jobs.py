"""Long work in PostgreSQL, which is also the queue that workers take it from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, delete, func, insert, or_, select, update

from services.gateway.adapters.job_tables import job as table
from services.gateway.domain.job import OPEN, Job
from services.gateway.domain.job_errors import JobUnknown
from shared.persistence import paging

LOCK = 0x7E11_0B50
"""Held, with the owner, while somebody's jobs are counted."""


class SqlJobs:
    """The jobs of one store, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, id: UUID) -> Job:
        return self._one(select(table).where(table.c.id == id, table.c.expires_at > func.now()))

    def lock(self, id: UUID) -> Job:
        kept = select(table).where(table.c.id == id, table.c.expires_at > func.now())
        return self._one(kept.with_for_update())

    def count_open(self, owner: UUID) -> int:
        self._connection.execute(select(func.pg_advisory_xact_lock(LOCK, func.hashtext(str(owner)))))
        counted = select(func.count()).where(table.c.owner == owner, table.c.state.in_(OPEN))
        return int(self._connection.execute(counted).scalar_one())

    def add(self, job: Job) -> None:
        self._connection.execute(insert(table).values(vars(job)))

    def save(self, job: Job) -> None:
        self._connection.execute(update(table).where(table.c.id == job.id).values(vars(job)))

    def waiting(self, at: datetime) -> Job | None:
        free = or_(table.c.state == "queued", and_(table.c.state == "running", table.c.leased_until < at))
        query = select(table).where(free).order_by(table.c.created_at).limit(1).with_for_update(skip_locked=True)
        row = self._connection.execute(query).one_or_none()
        return Job(**row._asdict()) if row is not None else None

    def of(self, owner: UUID, limit: int, after: str | None) -> tuple[Sequence[Job], str | None]:
        query = select(table).where(table.c.owner == owner)
        if after is not None:
            (id,) = paging.decode(after, UUID)
            query = query.where(table.c.id < id)
        rows = self._connection.execute(query.order_by(table.c.id.desc()).limit(limit + 1)).all()
        kept, following = paging.page(rows, limit, lambda row: (row.id,))
        return [Job(**row._asdict()) for row in kept], following

    def prune(self, at: datetime) -> None:
        self._connection.execute(delete(table).where(table.c.expires_at < at, table.c.state.not_in(OPEN)))

    def _one(self, query: Select[Any]) -> Job:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise JobUnknown
        return Job(**row._asdict())
