"""A log to test with: events arrive, a sequencer's connection takes them in."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import AsyncConnection

from services.audit.adapters.arrivals import Appended, Arrival
from services.audit.adapters.log_store import append_batch, take_over
from services.audit.domain.event import read_event
from tests.support.logged_events import event_body
from tests.support.servers import FreshDatabase

RECEIVED_AT = datetime(2026, 11, 5, 13, tzinfo=UTC)


def plain_url(database: FreshDatabase, role: str) -> str:
    return database.url_as(role).replace("postgresql+psycopg://", "postgresql://")


def connect(database: FreshDatabase, role: str) -> psycopg.Connection[Any]:
    return psycopg.connect(plain_url(database, role), autocommit=True)


@asynccontextmanager
async def sequencer(database: FreshDatabase) -> AsyncIterator[AsyncConnection[Any]]:
    url = plain_url(database, "audit_sequencer")
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        yield connection


def arrival(**fields: Any) -> Arrival:
    body = event_body(**fields)
    return Arrival(read_event(body), body, RECEIVED_AT)


def arrivals(sequences: Iterable[int], **fields: Any) -> list[Arrival]:
    return [arrival(sequence=sequence, **fields) for sequence in sequences]


async def fill(connection: AsyncConnection[Any], count: int) -> Appended:
    """A log that had nothing has `count` entries."""
    fence, done = await take_over(connection), None
    batch = arrivals(range(1, count + 1))
    for start in range(0, count, 256):
        done = await append_batch(connection, batch[start : start + 256], fence)
    assert done is not None
    return done
