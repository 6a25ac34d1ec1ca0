"""The data dictionary is current, and every table says what in it is personal."""

from typing import Final

import pytest

from deploy.contracts.data_dictionary import dump
from deploy.contracts.language import events, requests, views
from deploy.contracts.notes import about, notes_of
from deploy.contracts.tables import Table, tables_in, tables_of
from shared.contracts.contacts.events import InteractionRecorded
from shared.contracts.contacts.rpc import RegisterContact
from shared.events.topology import SERVICES
from tests.architecture.sources import ROOT

FILE: Final = ROOT / "docs" / "data-dictionary.md"
TABLES: Final = [(service, table) for service in SERVICES for table in tables_of(service)]


def test_the_data_dictionary_is_current() -> None:
    assert FILE.read_text() == dump(), "run: python -m deploy.contracts.data_dictionary > docs/data-dictionary.md"


@pytest.mark.parametrize(("service", "table"), TABLES, ids=lambda v: v.name if isinstance(v, Table) else v)
def test_a_table_says_what_is_personal_in_it(service: str, table: Table) -> None:
    assert "Personal data:" in table.about, f"say so in the comment of {service}.{table.name}"
    assert table.columns


def test_every_message_stands_in_it() -> None:
    text = FILE.read_text()
    for published_class in [*events(), *requests(), *views()]:
        assert f"\n#### {published_class.__name__}" in text
        assert about(published_class) in text


def test_notes_are_read_from_below_a_field_and_from_its_description() -> None:
    assert notes_of(InteractionRecorded)["digest"].startswith("HMAC-SHA-256 of subject and body")
    assert notes_of(RegisterContact)["department"] == "Owner; the actor's own where absent."


def test_tables_written_in_sql_are_read_with_their_comments() -> None:
    statements = [
        (
            "CREATE TABLE thing (\n    id uuid CONSTRAINT pk_thing PRIMARY KEY,\n    words text[] NOT NULL,\n"
            "    note text,\n    CONSTRAINT ck_thing CHECK (id IS NOT NULL)\n) WITH (fillfactor = 60)"
        ),
        "COMMENT ON TABLE thing IS 'One''s things. Personal data: none.'",
        "COMMENT ON COLUMN thing.note IS 'Said about it'",
        "ALTER TABLE thing ADD COLUMN size bigint NOT NULL DEFAULT 0",
        "CREATE INDEX ix_thing ON thing (note)",
    ]
    (table,) = tables_in(statements)
    assert (table.name, table.about) == ("thing", "One's things. Personal data: none.")
    assert [(c.name, c.type, c.optional, c.about) for c in table.columns] == [
        ("id", "uuid", False, ""),
        ("words", "text[]", False, ""),
        ("note", "text", True, "Said about it"),
        ("size", "bigint", False, ""),
    ]
