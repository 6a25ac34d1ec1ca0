"""The tables of a service, with what is said about them: from its metadata, or from its migrations where it has none."""

import importlib
import importlib.util
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Final
from unittest import mock

from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql

CREATE: Final = re.compile(r"^\s*CREATE TABLE (\w+) \((.*)\)[^)]*$", re.DOTALL)
ADD: Final = re.compile(r"^\s*ALTER TABLE (\w+) ADD COLUMN (\w+) (\w+(?:\[\])?)(.*)$", re.DOTALL)
COLUMN: Final = re.compile(r"^\s+(\w+) ([a-z]\w*(?:\[\])?)(.*?),?$")
COMMENT: Final = re.compile(r"^\s*COMMENT ON (TABLE|COLUMN) ([\w.]+) IS '(.*)'\s*$", re.DOTALL)


@dataclass
class Column:
    """One column."""

    name: str
    type: str
    optional: bool
    about: str = ""


@dataclass
class Table:
    """One table."""

    name: str
    about: str = ""
    columns: list[Column] = field(default_factory=list)


def tables_of(service: str) -> list[Table]:
    """Every table that the service keeps, by name."""
    module = f"services.{service}.adapters.tables"
    found = (
        _from_metadata(importlib.import_module(module).metadata)
        if importlib.util.find_spec(module)
        else tables_in(_statements(service))
    )
    return sorted(found, key=lambda table: table.name)


def _from_metadata(metadata: MetaData) -> list[Table]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return [
        Table(
            table.name,
            table.comment or "",
            [Column(c.name, c.type.compile(dialect).lower(), bool(c.nullable), c.comment or "") for c in table.columns],
        )
        for table in metadata.tables.values()
    ]


def tables_in(statements: Iterable[str]) -> list[Table]:
    """The tables that these statements make, with their comments."""
    tables: dict[str, Table] = {}
    for statement in statements:
        if created := CREATE.match(statement):
            tables[created[1]] = Table(created[1], "", list(_columns(created[2])))
        elif added := ADD.match(statement):
            tables[added[1]].columns.append(Column(added[2], added[3], "NOT NULL" not in added[4]))
        elif said := COMMENT.match(statement):
            _say(tables, said[2], said[3].replace("''", "'"))
    return list(tables.values())


def _columns(body: str) -> Iterator[Column]:
    for line in body.splitlines():
        if (found := COLUMN.match(line)) and found[1] != "CONSTRAINT":
            needed = "NOT NULL" in found[3] or "PRIMARY KEY" in found[3]
            yield Column(found[1], found[2], not needed)


def _say(tables: dict[str, Table], name: str, text: str) -> None:
    table, _, column = name.partition(".")
    if not column:
        tables[table].about = text
        return
    (about,) = [one for one in tables[table].columns if one.name == column]
    about.about = text


def _statements(service: str) -> Iterator[str]:
    for file in sorted((Path("services") / service / "migrations" / "versions").glob("*.py")):
        module = _load(file)
        with mock.patch.object(module, "op") as op:
            module.upgrade()
        yield from (call.args[0] for call in op.execute.call_args_list if isinstance(call.args[0], str))


def _load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"migration_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
