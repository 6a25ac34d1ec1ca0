"""Templates in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, Text, any_, bindparam, func, insert, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from services.notifications.adapters.tables import template as table
from services.notifications.domain.errors import TemplateUnknown
from services.notifications.domain.template import Template, id_of
from shared.persistence import paging

_LANGUAGES = bindparam("languages", type_=ARRAY(Text))
_BEST = (
    select(table)
    .where(table.c.key == bindparam("wanted"), table.c.language == any_(_LANGUAGES))
    .order_by(func.array_position(_LANGUAGES, table.c.language), table.c.version.desc())
    .limit(1)
)
"""Made once, because every message takes it."""


class SqlTemplates:
    """The templates of one store, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, key: str, language: str) -> int:
        number = int.from_bytes(id_of(key, language).bytes[:8], "big", signed=True)
        self._connection.execute(select(func.pg_advisory_xact_lock(literal(number, BigInteger))))
        newest = select(func.max(table.c.version)).where(table.c.key == key, table.c.language == language)
        return self._connection.execute(newest).scalar() or 0

    def add(self, template: Template) -> None:
        self._connection.execute(insert(table).values(asdict(template)))

    def get(self, key: str, language: str, version: int | None) -> Template:
        query = select(table).where(table.c.key == key, table.c.language == language)
        if version is not None:
            query = query.where(table.c.version == version)
        row = self._connection.execute(query.order_by(table.c.version.desc()).limit(1)).one_or_none()
        if row is None:
            raise TemplateUnknown
        return _template(row)

    def best(self, key: str, languages: Sequence[str]) -> Template | None:
        row = self._connection.execute(_BEST, {"wanted": key, "languages": list(languages)}).one_or_none()
        return _template(row) if row else None

    def newest(self, limit: int, after: str | None) -> tuple[Sequence[Template], str | None]:
        position = (table.c.key, table.c.language)
        query = select(table).ext(distinct_on(*position))
        if after is not None:
            query = query.where(tuple_(*position) > tuple_(*map(literal, paging.decode(after, str, str))))
        query = query.order_by(*position, table.c.version.desc()).limit(limit + 1)
        rows = self._connection.execute(query).all()
        kept, following = paging.page(rows, limit, lambda row: (row.key, row.language))
        return [_template(row) for row in kept], following


def _template(row: Row[Any]) -> Template:
    return Template(**row._asdict())
