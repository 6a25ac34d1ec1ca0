"""Writes what every column and every field means: `python -m deploy.contracts.data_dictionary > docs/data-dictionary.md`."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import BaseModel

from deploy.contracts.language import events, parts, requests, views
from deploy.contracts.notes import about, notes_of
from deploy.contracts.tables import Table, tables_of
from shared.contracts.actor import Actor
from shared.contracts.base import Event
from shared.contracts.envelope import Envelope
from shared.events.topology import SERVICES

FLOOR: Final = ("command", "inbox", "outbox", "stream")
OF_THE_ENVELOPE: Final = frozenset({"subject", "subject_version", "occurred_at"})
HEAD: Final = """\
# Data dictionary

What every column and every field of a message holds. Written from the comments in the tables and the descriptions in
the contracts by `python -m deploy.contracts.data_dictionary > docs/data-dictionary.md`: change those, not this page.

Each table says what in it is personal, on which basis it is kept, and for how long. A field without a note is what
its name says. *May be absent* marks what need not be there.
"""


def dump() -> str:
    """The page."""
    return "\n".join([HEAD, *_everywhere(), *(line for service in SERVICES for line in _service(service))])


def _everywhere() -> Iterator[str]:
    yield "## In every service\n"
    yield "### Tables\n"
    for table in tables_of("contacts"):
        if table.name in FLOOR:
            yield from _table(table)
    yield "### Messages\n"
    yield from _message(Envelope)
    yield from _message(Actor)


def _service(service: str) -> Iterator[str]:
    yield f"## {service}\n"
    yield "### Tables\n"
    for table in tables_of(service):
        if table.name not in FLOOR:
            yield from _table(table)
    for title, classes in (
        ("Calls", requests()),
        ("Parts of calls", parts()),
        ("Answers", views()),
        ("Events", events()),
    ):
        own = [c for c in classes if c.__module__.startswith(f"shared.contracts.{service}.")]
        if own:
            yield f"### {title}\n"
        for published_class in own:
            yield from _message(published_class)


def _table(table: Table) -> Iterator[str]:
    yield f"#### `{table.name}`\n"
    yield f"{table.about}\n"
    yield from _rows("column", ((c.name, c.type, c.optional, c.about) for c in table.columns))


def _message(published_class: type[BaseModel]) -> Iterator[str]:
    schema, notes = published_class.model_json_schema(), notes_of(published_class)
    key = f" (`{published_class.routing_key}`)" if issubclass(published_class, Event) else ""
    yield f"#### {published_class.__name__}{key}\n"
    yield f"{about(published_class)}\n"
    hidden = OF_THE_ENVELOPE if issubclass(published_class, Event) else frozenset()
    needed = schema.get("required", [])
    fields = [(n, part) for n, part in schema.get("properties", {}).items() if n not in hidden]
    yield from _rows("field", ((n, _kind(part), n not in needed, notes.get(n, "")) for n, part in fields))


def _rows(what: str, rows: Iterable[tuple[str, str, bool, str]]) -> Iterator[str]:
    lines = [
        f"| `{name}` | {kind} | {'may be absent' if optional else ''} | {note} |" for name, kind, optional, note in rows
    ]
    if lines:
        yield f"| {what} | holds | | |\n|---|---|---|---|"
        yield from lines
        yield ""


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"] if part.get("type") != "null")
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("format") or schema.get("type", "anything"))


if __name__ == "__main__":
    sys.stdout.write(dump())
