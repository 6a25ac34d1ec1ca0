"""Statements that are asked all day: their text is made once, and the driver is asked directly.

SQLAlchemy takes most of the time of a look by primary key to find out again what it found out the last time.
"""

from typing import Any

from psycopg.rows import namedtuple_row
from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects.postgresql import psycopg as dialect

from shared.persistence.unit_of_work import driver_of


class Prepared:
    """One statement of SQLAlchemy Core, its varying values as `bindparam`s, in the transaction of its connection."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=dialect.dialect())  # type: ignore[no-untyped-call]
        self._text = str(compiled).encode()
        self._fixed: dict[str, Any] = {name: value for name, value in compiled.params.items() if value is not None}

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        """The rows, with their columns as attributes."""
        with driver_of(connection).cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(self._text, self._fixed | values).fetchall()

    def one_or_none(self, connection: Connection, **values: Any) -> Any | None:
        """The row; None where there is none."""
        with driver_of(connection).cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(self._text, self._fixed | values).fetchone()
