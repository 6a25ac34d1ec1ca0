"""Fixtures for tests against real servers: a fresh database, a fresh virtual host, on the instance that tests share."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg import sql

from deploy.local import broker, databases
from deploy.local.bringing_up import Servers, bring_up_servers, known_servers
from deploy.local.errors import LocalError
from deploy.local.places import Places
from deploy.local.postgres import SUPERUSER
from deploy.local.rabbitmq import ADMINISTRATOR
from deploy.local.settings import REPOSITORY, LocalSettings
from deploy.local.steps import Steps
from deploy.local.topology import apply_to
from shared.persistence.migrating import upgrade

TEST_RUN_DIR: Final = Path(".run/test")
TEST_BASE_PORT: Final = 28000
_QUICK_SECONDS: Final = 3.0
_BUILDING: Final = 0x7E11_7E57  # the advisory lock under which a template database is built


@dataclass(frozen=True)
class FreshDatabase:
    """A service's database at its newest revision, with nothing in it, gone after the test."""

    service: str
    name: str
    servers: Servers

    @property
    def url(self) -> str:
        """As the service's processes connect."""
        return self.url_as(self.service)

    @property
    def owner_url(self) -> str:
        """As migrations connect."""
        return self.url_as(f"{self.service}_owner")

    def url_as(self, role: str) -> str:
        """As any of the service's roles connects, for instance audit_sequencer; or the superuser, postgres."""
        postgres = self.servers.postgres
        known = postgres.superuser_password() if role == SUPERUSER else databases.role_password(postgres.places, role)
        return postgres.url(role, self.name, known)


@dataclass(frozen=True)
class FreshVhost:
    """A virtual host of a test's own, gone after it."""

    name: str
    servers: Servers

    @property
    def amqp_url(self) -> str:
        """As the administrator, who may do anything in it."""
        return self.amqp_url_as(ADMINISTRATOR)

    @property
    def management_url(self) -> str:
        """The management interface, as the administrator."""
        return self.servers.rabbitmq.management_url(ADMINISTRATOR, self.servers.rabbitmq.administrator_password())

    def amqp_url_as(self, user: str) -> str:
        """As a service's own user."""
        rabbitmq = self.servers.rabbitmq
        administrator = user == ADMINISTRATOR
        known = rabbitmq.administrator_password() if administrator else broker.user_password(rabbitmq, user)
        return rabbitmq.amqp_url(user, known, self.name)


def settings_of_the_test_instance() -> LocalSettings:
    """The instance named by the environment, or the one that tests share."""
    told = LocalSettings()
    named = told.model_fields_set
    return LocalSettings(
        run_dir=told.run_dir if "run_dir" in named else TEST_RUN_DIR,
        base_port=told.base_port if "base_port" in named else TEST_BASE_PORT,
    )


@pytest.fixture(scope="session")
def servers() -> Servers:
    """PostgreSQL and RabbitMQ of the test instance, started if they do not run."""
    places = Places.of(settings_of_the_test_instance())
    try:
        running = known_servers(places)
        try:
            databases.wait_for(running.postgres, seconds=_QUICK_SECONDS)
            broker.wait_for(running.rabbitmq, seconds=_QUICK_SECONDS)
        except LocalError:
            return bring_up_servers(places, Steps(), install=False)
    except LocalError as error:
        pytest.fail(f"Tests against real servers need them: run 'make test'. {error}", pytrace=False)
    return running


@pytest.fixture
def database(servers: Servers) -> Iterator[Callable[[str], FreshDatabase]]:
    """`database("contacts")` is a new migrated database each time it is called."""
    with fresh_databases(servers) as fresh:
        yield fresh


@contextmanager
def fresh_databases(servers: Servers) -> Iterator[Callable[[str], FreshDatabase]]:
    """The same for as long as it is wanted, for fixtures that several tests share."""
    made: list[str] = []

    def fresh(service: str) -> FreshDatabase:
        template = _template(servers, service)
        name = f"test_{service}_{secrets.token_hex(6)}"
        with _superuser(servers) as connection:
            _execute(connection, "CREATE DATABASE {} TEMPLATE {} OWNER {}", name, template, f"{service}_owner")
        made.append(name)
        databases.grant_inside(servers.postgres, service, name)
        return FreshDatabase(service, name, servers)

    yield fresh
    with _superuser(servers) as connection:
        for name in made:
            _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture
def bare_vhost(servers: Servers) -> Iterator[FreshVhost]:
    """A new virtual host with nothing in it, for tests that bring a topology of their own."""
    with fresh_vhost(servers, bare=True) as fresh:
        yield fresh


@contextmanager
def fresh_vhost(servers: Servers, *, bare: bool = False) -> Iterator[FreshVhost]:
    """The same for as long as it is wanted, for fixtures that several tests share; with the topology unless `bare`."""
    fresh = FreshVhost(f"test-{secrets.token_hex(6)}", servers)
    broker.create_vhost(servers.rabbitmq, fresh.name)
    try:
        if not bare:
            apply_to(fresh.amqp_url, fresh.management_url)
        yield fresh
    finally:
        broker.drop_vhost(servers.rabbitmq, fresh.name)


@pytest.fixture
def vhost(bare_vhost: FreshVhost) -> FreshVhost:
    """A new virtual host with the suite's topology and nothing in its queues."""
    apply_to(bare_vhost.amqp_url, bare_vhost.management_url)
    return bare_vhost


def _template(servers: Servers, service: str) -> str:
    """A migrated database to copy from; made anew when anything that shapes it has changed."""
    name = f"template_{service}_{_shape(service)}"
    with _superuser(servers) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_BUILDING])
        found = connection.execute("SELECT NOT datallowconn FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found == (True,):
            return name
        _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)  # one whose making was cut short
        _execute(connection, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' OWNER {}", name, f"{service}_owner")
        databases.grant_inside(servers.postgres, service, name)
        upgrade(service, FreshDatabase(service, name, servers).owner_url)
        _execute(connection, "ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        _drop_older(connection, service, name)
    return name


def _shape(service: str) -> str:
    """Changes when a migration, the shared tables or the rights change."""
    folders = (REPOSITORY / "services" / service / "migrations", REPOSITORY / "shared" / "persistence", databases.SQL)
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in {".py", ".sql"})
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _drop_older(connection: psycopg.Connection, service: str, newest: str) -> None:
    older = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s AND datname <> %s", [f"template_{service}_%", newest]
    ).fetchall()
    for (name,) in older:
        _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _superuser(servers: Servers) -> psycopg.Connection:
    postgres = servers.postgres
    url = postgres.url(SUPERUSER, "postgres", postgres.superuser_password())
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
