"""Only the relay publishes: without a gap, in order, the same bytes every time, whatever is killed."""

import time
from collections.abc import Callable

import httpx
import orjson
import psycopg
from sqlalchemy import create_engine

from services.contacts.adapters.unit_of_work import unit_of_work
from shared.call import Call
from shared.contracts.contacts.events import ContactRegistered
from shared.ids import new_id
from shared.observability.tracing import begin
from tests.support.actors import staff
from tests.support.broker import drain, drain_bytes
from tests.support.processes import Starter
from tests.support.servers import FreshDatabase, FreshVhost


def tell(store: FreshDatabase, count: int) -> None:
    """Commit `count` facts, fifty to a transaction."""
    engine = create_engine(store.url)
    call = Call(actor=staff("agent"), operation="test", traceparent=begin("test").traceparent)
    for start in range(0, count, 50):
        with unit_of_work(engine, call)() as work:
            for _ in range(min(50, count - start)):
                work.tell(ContactRegistered(subject=new_id(), subject_version=1, kind="person", fields=("name",)))
    engine.dispose()


def without_heartbeats(events: list[dict[str, object]]) -> list[dict[str, object]]:
    return [event for event in events if event["type"] != "tellus.heartbeat.v1"]


def test_facts_arrive_numbered_without_a_gap_and_in_order(
    processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]
) -> None:
    store = database("contacts")
    tell(store, 1200)
    processes.relay({"contacts": store.url}, vhost)
    events = without_heartbeats(drain(vhost, "audit.ingest", expected=1200))
    assert [int(str(event["sequence"])) for event in events] == list(range(1, 1201))
    assert {event["producer"] for event in events} == {"contacts"}


def test_a_killed_relay_publishes_again_the_same_bytes_and_leaves_no_gap(
    processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]
) -> None:
    store = database("contacts")
    copies: dict[int, set[bytes]] = {}

    def note(bodies: list[bytes]) -> None:
        for body in bodies:
            if sequence := orjson.loads(body).get("sequence"):
                copies.setdefault(int(sequence), set()).add(body)

    for _ in range(4):
        tell(store, 700)
        relay = processes.relay({"contacts": store.url}, vhost)
        note(drain_bytes(vhost, "audit.ingest", expected=1))
        relay.kill()
    processes.relay({"contacts": store.url}, vhost)
    deadline = time.monotonic() + 20
    while len(copies) < 2800 and time.monotonic() < deadline:
        note(drain_bytes(vhost, "audit.ingest", expected=0, seconds=2))
    assert sorted(copies) == list(range(1, 2801))
    assert all(len(bodies) == 1 for bodies in copies.values())


def test_a_second_relay_stands_by_until_the_first_is_gone(
    processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]
) -> None:
    store = database("contacts")
    first = processes.relay({"contacts": store.url}, vhost)
    tell(store, 10)
    assert len(without_heartbeats(drain(vhost, "audit.ingest", expected=10))) == 10
    second = processes.relay({"contacts": store.url}, vhost)
    first.kill()
    tell(store, 10)
    events = without_heartbeats(drain(vhost, "audit.ingest", expected=10))
    assert [int(str(event["sequence"])) for event in events] == list(range(11, 21))
    assert any(line["event"] == "relay.active" for line in second.lines())


def test_nothing_is_published_while_a_declared_binding_is_missing(
    processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]
) -> None:
    store = database("contacts")
    tell(store, 5)
    path = f"{vhost.management_url}/api/bindings/{vhost.name}/e/tellus.events/q/audit.ingest"
    properties = httpx.get(path).json()[0]["properties_key"]
    httpx.delete(f"{path}/{properties}").raise_for_status()
    relay = processes.relay({"contacts": store.url}, vhost, ready=False)
    deadline = time.monotonic() + 20
    while not any(line["event"] == "topology.incomplete" for line in relay.lines()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert not relay.ready()
    assert published(store) == 0
    httpx.post(path, json={"routing_key": "#", "arguments": {}}).raise_for_status()
    relay.await_ready()
    assert len(without_heartbeats(drain(vhost, "audit.ingest", expected=6))) == 5


def published(store: FreshDatabase) -> int:
    with psycopg.connect(store.url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT published FROM stream").fetchone()
        assert row is not None
        return int(row[0])
