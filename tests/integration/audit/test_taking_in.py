"""The sequencer takes in what arrives, whatever the broker does meanwhile."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from services.audit.processes.sequencer import Sequencer
from services.audit.settings import SequencerSettings
from tests.support.servers import FreshDatabase, FreshVhost

SECONDS = 30.0


@pytest.fixture
def store(database: Callable[[str], FreshDatabase]) -> FreshDatabase:
    return database("audit")


def test_a_sequencer_whose_connection_is_closed_while_nothing_arrives_takes_in_what_arrives_later(
    store: FreshDatabase, vhost: FreshVhost
) -> None:
    asyncio.run(_lose_the_connection_and_take_in(store, vhost))


async def _lose_the_connection_and_take_in(store: FreshDatabase, vhost: FreshVhost) -> None:
    settings = SequencerSettings(
        database_url=store.url,
        sequencer_database_url=store.url_as("audit_sequencer"),
        amqp_url=vhost.amqp_url_as("audit"),
        transaction_keys=Path("unused"),
    )
    running = asyncio.create_task(Sequencer(settings).run())
    try:
        async with httpx.AsyncClient(base_url=vhost.management_url) as management:
            (first,) = await _connections(management, vhost)
            (await management.delete(f"/api/connections/{first}")).raise_for_status()
            publish = f"/api/exchanges/{vhost.name}/tellus.events/publish"
            junk: dict[str, Any] = {
                "properties": {},
                "routing_key": "junk",
                "payload": "?",
                "payload_encoding": "string",
            }
            (await management.post(publish, json=junk)).raise_for_status()
            await _until(lambda: _quarantined(store), what="what arrived after the loss was not taken in")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _connections(management: httpx.AsyncClient, vhost: FreshVhost) -> list[str]:
    found: list[str] = []

    async def look() -> bool:
        nonlocal found
        answer = await management.get(f"/api/vhosts/{vhost.name}/connections")
        found = [row["name"] for row in answer.json() if row.get("channels")]
        return bool(found)

    deadline = time.monotonic() + SECONDS
    while not await look():
        assert time.monotonic() < deadline, "the sequencer did not connect"
        await asyncio.sleep(0.2)
    return found


def _quarantined(store: FreshDatabase) -> bool:
    with psycopg.connect(store.url_as("postgres").replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT count(*) FROM outbox WHERE routing_key LIKE '%quarantined%'").fetchone()
        assert row is not None
        return bool(row[0])


async def _until(true: Callable[[], bool], *, what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not await asyncio.to_thread(true):
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.2)
