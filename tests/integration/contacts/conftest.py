"""A store for each file of tests, empty at the start of each test, and those who come to it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from deploy.local.bringing_up import Servers
from shared.persistence.engine import engine_for
from tests.support.contacts import Reception, SqlStore
from tests.support.servers import FreshDatabase, fresh_databases

pytest.register_assert_rewrite("tests.support.contacts_behaviour")


@pytest.fixture(scope="module")
def database_of_the_file(servers: Servers) -> Iterator[FreshDatabase]:
    """A migrated contacts store, gone after the file."""
    with fresh_databases(servers) as fresh:
        yield fresh("contacts")


@pytest.fixture
def store(database_of_the_file: FreshDatabase) -> Iterator[SqlStore]:
    """The store, empty."""
    owner = engine_for(database_of_the_file.owner_url, pool_size=1)
    with owner.begin() as connection:
        connection.execute(text("TRUNCATE contact, contact_change, interaction, outbox, command"))
    owner.dispose()
    made = SqlStore(database_of_the_file.url, pool_size=8)
    yield made
    made.engine.dispose()


@pytest.fixture
def reception(store: SqlStore) -> Reception:
    """The contacts service's use cases over the real store."""
    return Reception(store)
