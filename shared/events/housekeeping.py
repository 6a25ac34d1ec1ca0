"""Keeps a store's outbox small and its backlog known, beside the relay and never in its way.

On a connection of its own, in small steps: however much has piled up, publishing goes on.
"""

import asyncio
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection

from shared.authz.token import Signer
from shared.contracts.audit.rpc import ListStreams
from shared.errors import ServiceError
from shared.observability import metrics, tracing
from shared.persistence.driver import open_connection
from shared.rpc.asyncio_client import AsyncRpc

MEASURE_SECONDS, PRUNE_EVERY = 10.0, 6
CHUNK = 5_000
BREATH_SECONDS = 0.05
log = structlog.get_logger()
AGED = (
    """
    DELETE FROM command WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM command WHERE recorded_at < now() - interval '2 days' LIMIT %s))
    """,
    """
    DELETE FROM inbox WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM inbox WHERE received_at < now() - interval '30 days' LIMIT %s))
    """,
)
"""These go by age, whether or not audit answers: kept answers hold personal data."""
PUBLISHED = (
    "DELETE FROM outbox WHERE event_id = ANY (ARRAY("
    "SELECT event_id FROM outbox WHERE sequence <= %s ORDER BY sequence LIMIT %s))"
)
BACKLOG = """
    SELECT (SELECT count(*) FROM outbox WHERE sequence IS NULL) + numbered - published,
           coalesce(extract(epoch FROM now() - least(
               (SELECT recorded_at FROM outbox WHERE sequence IS NULL ORDER BY id LIMIT 1),
               (SELECT recorded_at FROM outbox WHERE sequence = published + 1))), 0)
    FROM stream
"""


async def keep_house(service: str, database_url: str, rpc: AsyncRpc, signer: Signer | None) -> None:
    """Measure and prune until cancelled; what fails is told and tried again later."""
    turn = 0
    while True:
        try:
            async with await open_connection(database_url) as store:
                while True:
                    await measure(store, service)
                    if turn % PRUNE_EVERY == 0:
                        await prune(store, service, rpc, signer)
                    turn += 1
                    await asyncio.sleep(MEASURE_SECONDS)
        except (psycopg.Error, OSError) as error:
            log.warning("housekeeping.interrupted", producer=service, error=type(error).__name__)
            turn += 1
            await asyncio.sleep(MEASURE_SECONDS)


async def measure(store: AsyncConnection[Any], service: str) -> None:
    """How many facts wait to be published, and since when."""
    row = await (await store.execute(BACKLOG)).fetchone()
    if row:
        metrics.outbox_pending.labels(service).set(row[0])
        metrics.outbox_age.labels(service).set(float(row[1]))


async def prune(store: AsyncConnection[Any], service: str, rpc: AsyncRpc, signer: Signer | None) -> None:
    """Remove what is too old to matter, and facts that a signed checkpoint of the log covers; nothing else."""
    for statement in AGED:
        await _in_chunks(store, statement)
    confirmed = await _confirmed(store, service, rpc, signer)
    if confirmed > 0:
        await _in_chunks(store, PUBLISHED, confirmed)


async def _confirmed(store: AsyncConnection[Any], service: str, rpc: AsyncRpc, signer: Signer | None) -> int:
    if signer is None or not rpc.ready:
        return 0
    row = await (await store.execute("SELECT producer, epoch, published FROM stream")).fetchone()
    assert row is not None, f"the store of {service} has no stream row: its migrations did not run"
    producer, epoch, published = row
    token = signer.as_itself(operation="list_streams")
    try:
        page = await rpc.call(ListStreams(), token=token, traceparent=tracing.begin("prune").traceparent)
    except ServiceError as error:
        log.info("outbox.unpruned", producer=service, error=error.error_code)
        return 0
    known = [s["confirmed_sequence"] for s in page["items"] if (s["producer"], s["epoch"]) == (producer, epoch)]
    return min(known[0], published) if known else 0


async def _in_chunks(store: AsyncConnection[Any], statement: str, *values: int) -> None:
    while True:
        cursor = await store.execute(statement.encode(), (*values, CHUNK))
        if cursor.rowcount < CHUNK:
            return
        await asyncio.sleep(BREATH_SECONDS)
