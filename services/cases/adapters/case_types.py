"""Versions of case types in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, insert, literal, select, tuple_, update

from services.cases.adapters.shelf import Shelf
from services.cases.adapters.tables import case_type as table
from services.cases.domain.bundle import Bundle
from services.cases.domain.case_type import CaseType
from services.cases.domain.errors import CaseTypeUnknown
from shared.persistence import paging

WITHOUT_TEXT = [column for column in table.c if column is not table.c.bundle]

ACTIVE = select(table.c.version, table.c.digest).where(table.c.key == bindparam("wanted"), table.c.status == "active")
TEXT = select(table.c.bundle).where(table.c.key == bindparam("wanted"), table.c.version == bindparam("wanted_version"))


class SqlCaseTypes:
    """The case types of one store, on one connection."""

    def __init__(self, connection: Connection, shelf: Shelf) -> None:
        self._connection, self._shelf = connection, shelf

    def hold(self, key: str) -> None:
        self._connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"case_type {key}", 0))))

    def add(self, case_type: CaseType, bundle: Bundle, department: str, added_by: UUID) -> None:
        self._connection.execute(
            insert(table).values(
                key=case_type.key,
                version=case_type.version,
                id=case_type.id,
                title=case_type.title,
                status=case_type.status,
                permissive=bundle.permissive,
                department=department,
                digest=case_type.digest,
                bundle=case_type.text,
                added_by=added_by,
                added_at=case_type.added_at,
                revision=case_type.revision,
            )
        )

    def save(self, case_type: CaseType) -> None:
        self._connection.execute(
            update(table)
            .where(table.c.key == case_type.key, table.c.version == case_type.version)
            .values(status=case_type.status, activated_at=case_type.activated_at, revision=case_type.revision)
        )

    def get(self, key: str, version: int | None) -> tuple[CaseType, str]:
        chosen = table.c.status == "active" if version is None else table.c.version == version
        row = self._connection.execute(select(table).where(table.c.key == key, chosen)).one_or_none()
        if row is None:
            raise CaseTypeUnknown
        return _case_type(row, row.bundle), row.department

    def versions(self, key: str) -> Sequence[tuple[CaseType, str, bool]]:
        query = select(*WITHOUT_TEXT).where(table.c.key == key).order_by(table.c.version.desc())
        return [(_case_type(row), row.department, row.permissive) for row in self._connection.execute(query)]

    def active(self, key: str) -> tuple[int, Bundle]:
        row = self._connection.execute(ACTIVE, {"wanted": key}).one_or_none()
        if row is None:
            raise CaseTypeUnknown("There is no such case type with an active version.")
        return row.version, self.bundle(key, row.version, row.digest)

    def bundle(self, key: str, version: int, digest: str) -> Bundle:
        """The rules of one version."""
        wanted = {"wanted": key, "wanted_version": version}
        return self._shelf.bundle(digest, lambda: self._connection.execute(TEXT, wanted).scalar_one())

    def page(self, limit: int, after: str | None, *, active: bool) -> tuple[Sequence[CaseType], str | None]:
        query = select(*WITHOUT_TEXT).order_by(table.c.key, table.c.version).limit(limit + 1)
        if active:
            query = query.where(table.c.status == "active")
        if after is not None:
            key, version = paging.decode(after, str, int)
            query = query.where(tuple_(table.c.key, table.c.version) > tuple_(literal(key), literal(version)))
        kept, following = paging.page(self._connection.execute(query).all(), limit, lambda row: (row.key, row.version))
        return [_case_type(row) for row in kept], following


def _case_type(row: Row[Any], text: str = "") -> CaseType:
    return CaseType(
        id=row.id,
        key=row.key,
        version=row.version,
        title=row.title,
        text=text,
        digest=row.digest,
        added_at=row.added_at,
        status=row.status,
        activated_at=row.activated_at,
        revision=row.revision,
    )
