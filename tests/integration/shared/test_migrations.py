"""Every history of migrations leads from nothing to what the code expects, back to nothing, and there again."""

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, make_url, pool, text

from deploy.contracts.tables import tables_of
from shared.events.topology import SERVICES
from shared.persistence.migrating import current, downgrade, head, upgrade
from tests.support.servers import FreshDatabase

Database = Callable[[str], FreshDatabase]
MODELLED: Final = [s for s in SERVICES if importlib.util.find_spec(f"services.{s}.adapters.tables")]
OF_THE_HISTORY: Final = {"alembic_version"}


def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    with engine.connect() as connection:
        yield connection


def shape(url: str) -> dict[str, Any]:
    """Tables, columns, indexes, constraints, comments and rights, as the database tells them."""
    for connection in connected(url):
        asked = inspect(connection)
        return {
            table: (
                [
                    (c["name"], str(c["type"]), c["nullable"], c["default"], c.get("comment"))
                    for c in asked.get_columns(table)
                ],
                sorted(str(i["name"]) for i in asked.get_indexes(table)),
                sorted(
                    str(c["name"]) for c in asked.get_check_constraints(table) + asked.get_unique_constraints(table)
                ),
                asked.get_table_comment(table),
                sorted(
                    tuple(row)
                    for row in connection.execute(
                        text(
                            "SELECT grantee, privilege_type FROM information_schema.role_table_grants "
                            "WHERE table_name = :name"
                        ),
                        {"name": table},
                    )
                ),
            )
            for table in sorted(asked.get_table_names())
        }
    raise AssertionError("unreachable")


def indexes(connection: Connection, schema: str) -> set[str]:
    """Every index, in the server's own words."""
    found = connection.execute(
        text("SELECT indexdef FROM pg_indexes WHERE schemaname = :schema AND tablename <> ALL(:others)"),
        {"schema": schema, "others": list(OF_THE_HISTORY)},
    )
    return {definition.replace(f" {schema}.", " ") for definition in found.scalars()}


@pytest.mark.parametrize("service", MODELLED)
def test_the_tables_in_the_code_are_the_tables_in_the_store(service: str, database: Database) -> None:
    metadata = importlib.import_module(f"services.{service}.adapters.tables").metadata
    for connection in connected(database(service).owner_url):
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _, __, kind, *___: kind != "index",  # compared below, as the server tells them
                "include_name": lambda name, kind, _: kind != "table" or name not in OF_THE_HISTORY,
            },
        )
        assert compare_metadata(context, metadata) == [], "write a migration, or correct the tables"


@pytest.mark.parametrize("service", MODELLED)
def test_the_indexes_in_the_code_are_the_indexes_in_the_store(service: str, database: Database) -> None:
    metadata = importlib.import_module(f"services.{service}.adapters.tables").metadata
    for connection in connected(database(service).owner_url):
        migrated = indexes(connection, "public")
        connection.execute(text("CREATE SCHEMA modelled"))
        connection.execute(text("SET search_path = modelled, public"))
        metadata.create_all(connection, checkfirst=False)
        assert indexes(connection, "modelled") == migrated
        assert migrated


@pytest.mark.parametrize("service", SERVICES)
def test_the_data_dictionary_knows_every_column_of_the_store(service: str, database: Database) -> None:
    described = {
        table.name: {(c.name, c.optional, c.about) for c in table.columns} | {("", False, table.about)}
        for table in tables_of(service)
    }
    for connection in connected(database(service).owner_url):
        asked = inspect(connection)
        parts = set(connection.execute(text("SELECT inhrelid::regclass::text FROM pg_inherits")).scalars())
        names = set(asked.get_table_names()) - OF_THE_HISTORY - parts
        stored = {
            name: {(c["name"], c["nullable"], c.get("comment") or "") for c in asked.get_columns(name)}
            | {("", False, asked.get_table_comment(name)["text"] or "")}
            for name in names
        }
        assert described == stored


@pytest.mark.parametrize("service", SERVICES)
def test_a_history_can_be_walked_up_down_and_up_again(service: str, database: Database) -> None:
    fresh = database(service)
    before = shape(fresh.owner_url)
    assert current(fresh.owner_url) == head(service)
    downgrade(service, fresh.owner_url, "base")
    assert set(shape(fresh.owner_url)) == OF_THE_HISTORY
    for _ in ("up again", "nothing left to do"):
        assert upgrade(service, fresh.owner_url) == head(service)
        assert shape(fresh.owner_url) == before


@pytest.mark.parametrize("service", SERVICES)
def test_every_single_step_can_be_taken_back(service: str, database: Database) -> None:
    fresh = database(service)
    for number in range(int(head(service)) - 1, 0, -1):
        downgrade(service, fresh.owner_url, f"{number:04d}")
        assert current(fresh.owner_url) == f"{number:04d}"
        upgrade(service, fresh.owner_url, f"{number + 1:04d}")
        downgrade(service, fresh.owner_url, f"{number:04d}")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_cannot_change_its_own_schema(service: str, database: Database) -> None:
    for connection in connected(database(service).url):
        allowed = connection.execute(text("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")).scalar()
        assert allowed is False
