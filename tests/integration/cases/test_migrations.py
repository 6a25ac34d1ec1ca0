"""The store's history leads to the tables that the code believes in, and back."""

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from services.cases.adapters.tables import metadata
from shared.persistence.migrating import downgrade, head, upgrade
from tests.support.servers import FreshDatabase


def test_the_tables_are_as_the_code_believes(store: FreshDatabase) -> None:
    engine = create_engine(store.owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, metadata) if not _about_an_expression(one)]
    engine.dispose()
    assert differences == []


def test_every_table_and_no_other_says_what_is_personal_in_it(store: FreshDatabase) -> None:
    engine = create_engine(store.owner_url)
    with engine.connect() as connection:
        found = inspect(connection)
        comments = {name: found.get_table_comment(name)["text"] for name in found.get_table_names()}
    engine.dispose()
    comments.pop("alembic_version")
    assert set(comments) == set(metadata.tables)
    for name, table in metadata.tables.items():
        assert comments[name] == table.comment
        assert "Personal data" in (comments[name] or "")


def test_the_history_goes_up_and_down_and_up(database: Callable[[str], FreshDatabase]) -> None:
    store = database("cases")
    downgrade("cases", store.owner_url, "base")
    assert upgrade("cases", store.owner_url) == head("cases")


def _about_an_expression(difference: object) -> bool:
    """PostgreSQL spells an indexed expression in its own way; the worklist's plan is tested where it is read."""
    return isinstance(difference, tuple) and getattr(difference[1], "name", "") in (
        "ix_case_record_all",
        "ix_case_record_worklist",
    )
