"""Reads people and organisations from a CSV file, whatever is wrong with it: each row is good, or named with its reason."""

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.contracts.contacts.rpc import RegisterContact

FIELDS = ("name", "email", "phone", "language", "external_reference")
LEFT_OUT = "-"
LONGEST_CELL = 4_194_304
BOM_OF_OTHERS = {
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


class FileUnusable(Exception):
    """Nothing can be taken from this file; the message says why and what to do."""


@dataclass(frozen=True)
class Person:
    """One good row, as it is registered."""

    line: int
    body: Mapping[str, str]

    @property
    def key(self) -> str:
        """The same for the same person from the same source, whichever file they stand in."""
        return sha256(json.dumps(self.body, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Malformed:
    """A row that cannot be registered: where, and why."""

    line: int
    reason: str


def read(
    path: Path, *, source: str, columns: Mapping[str, str], department: str | None
) -> Iterator[Person | Malformed]:
    """Every row in the order of the file; raises FileUnusable where it has no columns that are known."""
    with path.open("rb") as file:
        _refuse_other_encodings(file.peek(4)[:4])
        # What is no UTF-8 stays visible as half a surrogate pair, so that it costs one row and not the file.
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        csv.field_size_limit(LONGEST_CELL)
        reader = csv.reader(text, strict=True)
        fields = _header(reader, columns)
        known: dict[str, int] = {}
        for line, cells in _rows(reader):
            found = _row(line, cells, fields, source, department) if isinstance(cells, list) else Malformed(line, cells)
            if isinstance(found, Person):
                first = known.setdefault(found.body["external_reference"], line)
                if first != line:
                    found = Malformed(line, f"is the same person as on line {first}")
            yield found


def _rows(reader: Any) -> Iterator[tuple[int, list[str] | str]]:
    """Each row, or what is wrong with it, with the line it begins on."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _quoting(str(error))
            if "field larger" in str(error):
                return  # where the next row would begin cannot be told any more
            continue
        if cells:
            yield line, cells


def _header(reader: Any, columns: Mapping[str, str]) -> list[str | None]:
    try:
        header = [cell.strip() for cell in next(reader)]
    except StopIteration:
        raise FileUnusable(
            f"The file is empty: its first line must name the columns, such as {','.join(FIELDS)}."
        ) from None
    except csv.Error as error:
        raise FileUnusable(f"Line 1 cannot be read: {_quoting(str(error))}.") from None
    absent = sorted(set(columns) - set(header))
    if absent:
        raise FileUnusable(f"There is no column {absent[0]!r} to map; the columns are {_listed(header)}.")
    fields = [columns.get(name, name.lower()) for name in header]
    if "name" not in fields:
        hint = " Columns are separated by commas." if len(header) == 1 else ""
        raise FileUnusable(
            f"No column is the name: the first line must name the columns, and says {_listed(header)}. "
            f"Tell which one it is with --map COLUMN=name.{hint}"
        )
    for name, field in zip(header, fields, strict=True):
        if field not in (*FIELDS, LEFT_OUT):
            raise FileUnusable(
                f"The column {name!r} is not known here; known are {', '.join(FIELDS)}. "
                f"Say what it is with --map '{name}=FIELD', or leave it out with --map '{name}={LEFT_OUT}'."
            )
    twice = sorted({field for field in fields if field != LEFT_OUT and fields.count(field) > 1})
    if twice:
        raise FileUnusable(f"Two columns are the {twice[0]}.")
    return [None if field == LEFT_OUT else field for field in fields]


def _row(
    line: int, cells: list[str], fields: list[str | None], source: str, department: str | None
) -> Person | Malformed:
    if len(cells) != len(fields):
        return Malformed(line, f"has {len(cells)} columns where the first line names {len(fields)}")
    said = {
        field: cell.strip() for field, cell in zip(fields, cells, strict=True) if field is not None and cell.strip()
    }
    for field, value in said.items():
        if "\x00" in value:
            return Malformed(line, f"{field} holds a NUL byte")
        if any("\ud800" <= character <= "\udfff" for character in value):
            return Malformed(line, f"{field} is not UTF-8")
    if "name" not in said:
        return Malformed(line, "name is missing")
    body = {**said, "source": source, **({"department": department} if department else {})}
    if "external_reference" not in body:
        # Without a reference of its own a row is known by what it says, so that the same row is the same person.
        body["external_reference"] = f"row-{sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:40]}"
    try:
        RegisterContact.model_validate(body)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        return Malformed(line, "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in wrong))
    return Person(line, body)


def _refuse_other_encodings(beginning: bytes) -> None:
    for mark, name in BOM_OF_OTHERS.items():
        if beginning.startswith(mark):
            raise FileUnusable(f"The file is {name}: save it as UTF-8.")


def _quoting(said: str) -> str:
    if "field larger" in said:
        return f"has a cell of more than {LONGEST_CELL} characters: is a quotation mark never closed?"
    if "unexpected end" in said:
        return "has a quotation mark that is never closed"
    return "has a quotation mark where none may stand: inside quotes it is written twice"


def _listed(header: list[str]) -> str:
    shown = [repr(name[:40]) for name in header[:10]]
    return ", ".join(shown) + (f" and {len(header) - len(shown)} more" if len(header) > len(shown) else "")
