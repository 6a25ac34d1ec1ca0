"""The little service of the traps, on a store and a virtual host of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from shared.events.topology import Broker, Subscription, Topology, design
from tests.support.processes import Process, Starter
from tests.support.servers import FreshDatabase, FreshVhost

HEARD = Subscription(
    source="contacts", routing_key="contact.registered.v1", service="contacts", handler="on_contact_registered"
)


@dataclass
class Echo:
    """The little service, and what it did."""

    store: FreshDatabase
    vhost: FreshVhost
    processes: Starter
    topology: Topology

    def start(self, which: str = "EchoService", **settings: str) -> Process:
        """One of its two processes, ready."""
        return self.processes.service(
            f"tests.integration.shared.echo:{which}", database_url=self.store.url, vhost=self.vhost, **settings
        )

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Ask or change its store."""
        with psycopg.connect(self.store.url_as("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def done(self) -> list[str]:
        """What it did, in order."""
        return [row[0] for row in self.sql("SELECT what FROM done ORDER BY at")]

    def mood(self, mood: str) -> None:
        """What its handler does from now on."""
        self.sql("UPDATE mood SET mood = %s", mood)


@pytest.fixture
def echo(processes: Starter, bare_vhost: FreshVhost, database: Callable[[str], FreshDatabase]) -> Echo:
    """The little service, with a retry ladder of seconds."""
    store = database("contacts")
    topology = design([HEARD], retry_seconds=(1, 1, 1))
    Broker(bare_vhost.management_url, bare_vhost.name).apply(topology)
    made = Echo(store, bare_vhost, processes, topology)
    made.sql("CREATE TABLE done (what text, at timestamptz DEFAULT clock_timestamp())")
    made.sql("CREATE TABLE mood (mood text)")
    made.sql("INSERT INTO mood VALUES ('ok')")
    made.sql("GRANT ALL ON done, mood TO contacts")
    return made
