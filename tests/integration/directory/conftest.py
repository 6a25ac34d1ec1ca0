"""A store for each file of tests, empty at the start of each test, and the directory's use cases over it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from deploy.local.bringing_up import Servers
from shared.persistence.engine import engine_for
from tests.support.directory import Directory
from tests.support.servers import FreshDatabase, fresh_databases


@pytest.fixture(scope="module")
def database_of_the_file(servers: Servers) -> Iterator[FreshDatabase]:
    """A migrated gateway store, gone after the file."""
    with fresh_databases(servers) as fresh:
        yield fresh("gateway")


@pytest.fixture
def directory(database_of_the_file: FreshDatabase) -> Iterator[Directory]:
    """The directory, empty."""
    owner = engine_for(database_of_the_file.owner_url, pool_size=1)
    with owner.begin() as connection:
        connection.execute(
            text("TRUNCATE staff, team, assignment, actor, client, authority, job, outbox, command CASCADE")
        )
    owner.dispose()
    made = Directory(database_of_the_file.url, pool_size=8)
    yield made
    made.engine.dispose()
