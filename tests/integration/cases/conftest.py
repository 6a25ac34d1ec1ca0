"""A store for each file of tests, empty at the start of each test, and the people who come to it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from deploy.local.bringing_up import Servers
from shared.contracts.actor import Actor
from shared.persistence.engine import engine_for
from tests.support.actors import staff
from tests.support.cases import Desk
from tests.support.servers import FreshDatabase, fresh_databases


@pytest.fixture(scope="module")
def store(servers: Servers) -> Iterator[FreshDatabase]:
    """A migrated cases store, gone after the file."""
    with fresh_databases(servers) as fresh:
        yield fresh("cases")


@pytest.fixture
def desk(store: FreshDatabase) -> Iterator[Desk]:
    """The cases service's use cases over an empty store, with the street permit active."""
    owner = engine_for(store.owner_url, pool_size=1)
    with owner.begin() as connection:
        connection.execute(text("TRUNCATE case_event, case_record, case_type, outbox, command"))
    owner.dispose()
    made = Desk(store.url, pool_size=10)
    made.activate("street-permit")
    yield made
    made.engine.dispose()


@pytest.fixture
def agent() -> Actor:
    return staff("agent", department="city")


@pytest.fixture
def caseworker() -> Actor:
    return staff("caseworker")


@pytest.fixture
def decision_maker() -> Actor:
    return staff("decision_maker")


@pytest.fixture
def migrator() -> Actor:
    return staff("migration")
