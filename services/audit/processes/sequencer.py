"""The one process that adds entries: `python -m services.audit.processes.sequencer`.

Takes events from the log's queue in batches, puts each batch on record in one transaction, then acknowledges it.
A second one stands by; a fence makes sure that an older one's next write fails.
"""

import asyncio
import contextlib
import signal
import sys
import time
from datetime import datetime
from typing import Any

import aio_pika
import psycopg
import structlog
import uvloop
from aio_pika.abc import AbstractIncomingMessage
from prometheus_client import Counter, Gauge

from services.audit.adapters.log_store import take_over
from services.audit.domain.errors import FenceStale, LogDamaged
from services.audit.processes.sequencing import record, watch_gaps
from services.audit.processes.taking_in import Quarantined, Taken, take_in, unstorable
from services.audit.settings import SequencerSettings
from shared import garbage
from shared.clock import now
from shared.events.topology import AUDIT_QUEUE
from shared.observability import health, logs
from shared.persistence.driver import open_connection, try_lock
from shared.rpc.asyncio_client import CONNECTION_ERRORS
from shared.settings import read

LOCK = 0x7E11_0502
"""The advisory lock of the one sequencer."""
PREFETCH = 1_024
GAP_SECONDS = 5.0
log = structlog.get_logger()
entries = Gauge("tellus_audit_entries", "Entries in the log")
taken_in = Counter("tellus_audit_taken_in_total", "Messages taken in, by what they were", ["kind"])
gaps_open = Gauge("tellus_audit_gaps_open", "Holes in the producers' streams that are on record and not healed")


class Sequencer:
    """Adds entries until it is stopped or another takes over."""

    def __init__(self, settings: SequencerSettings) -> None:
        self._settings = settings
        self._waiting: list[AbstractIncomingMessage] = []
        self._arrived = asyncio.Event()
        self.working = False

    async def run(self) -> None:
        """Sequence until cancelled; whatever breaks, begin again: what was not acknowledged comes again."""
        while True:
            try:
                await self._serve()
            except (psycopg.Error, *CONNECTION_ERRORS, FenceStale, TimeoutError) as error:
                log.warning("sequencer.interrupted", error=type(error).__name__)
            finally:
                self.working = False
                self._waiting.clear()
            await asyncio.sleep(0.5)

    async def _serve(self) -> None:
        url = self._settings.sequencer_database_url.get_secret_value()
        async with contextlib.AsyncExitStack() as stack:
            store = await stack.enter_async_context(await open_connection(url))
            fence = await self._take_over(store)
            broker = await aio_pika.connect(
                self._settings.amqp_url.get_secret_value(),
                timeout=5,
                heartbeat=10,
                client_properties={"connection_name": "audit-sequencer"},
            )
            stack.push_async_callback(broker.close)
            channel = await broker.channel(publisher_confirms=False)
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await channel.get_queue(AUDIT_QUEUE, ensure=False)
            await queue.consume(self._on_message)
            self.working = True
            log.info("sequencer.active", fence=fence)
            await self._sequence(store, fence, broker)

    async def _take_over(self, store: psycopg.AsyncConnection[Any]) -> int:
        while True:
            if await try_lock(store, LOCK):
                return await take_over(store)
            self.working = True  # standing by is what a second one is for
            await asyncio.sleep(1)

    async def _on_message(self, message: AbstractIncomingMessage) -> None:
        self._waiting.append(message)
        self._arrived.set()

    async def _sequence(self, store: psycopg.AsyncConnection[Any], fence: int, broker: Any) -> None:
        suspected: dict[Any, Any] = {}
        next_look = 0.0
        while broker.connected.is_set():  # `is_closed` tells of our own closing only
            batch = await self._batch()
            if batch:
                await self._record(store, batch, fence)
            if time.monotonic() >= next_look:
                suspected, opened = await watch_gaps(store, suspected, now())
                gaps_open.set(opened)
                if opened:
                    log.error("gaps.open", count=opened)
                next_look = time.monotonic() + GAP_SECONDS
        raise ConnectionError("the broker closed the connection")

    async def _batch(self) -> list[AbstractIncomingMessage]:
        if not self._waiting:
            self._arrived.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), timeout=1.0)
        if self._waiting and len(self._waiting) < self._settings.batch:
            await asyncio.sleep(self._settings.batch_seconds)
        batch, self._waiting = self._waiting[: self._settings.batch], self._waiting[self._settings.batch :]
        return batch

    async def _record_one(self, store: psycopg.AsyncConnection[Any], one: Taken, fence: int, at: datetime) -> Taken:
        try:
            await record(store, [one], fence, at)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            refused = unstorable(one, type(error).__name__)
            await record(store, [refused], fence, at)
            return refused
        return one

    async def _record(
        self, store: psycopg.AsyncConnection[Any], batch: list[AbstractIncomingMessage], fence: int
    ) -> None:
        started, at = time.perf_counter(), now()
        taken: list[Taken] = [take_in(message.body, at) for message in batch]
        try:
            appended = await record(store, taken, fence, at)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            # one of them cannot be stored, whatever it is: find it, so that it does not stop the others
            log.error("batch.refused", count=len(batch), error=type(error).__name__)  # noqa: TRY400
            appended = None
            for position, one in enumerate(taken):
                taken[position] = await self._record_one(store, one, fence, at)
        for message, one in zip(batch, taken, strict=True):
            taken_in.labels(type(one).__name__.lower()).inc()
            if isinstance(one, Quarantined):
                log.error("message.quarantined", reason=one.reason, size=one.size)
                await message.reject(requeue=False)
        last = next(
            (m for m, one in zip(reversed(batch), reversed(taken), strict=True) if not isinstance(one, Quarantined)),
            None,
        )
        if last is not None:
            await last.ack(multiple=True)
        if appended is not None:
            entries.set(appended.size)
            log.info(
                "batch.recorded",
                count=appended.added,
                duplicates=appended.repeated,
                size=appended.size,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
            for refused in appended.refused:
                log.error("equivocation", producer=refused.arrival.event.producer, reason=refused.objection.value)


async def main() -> None:
    """Sequence until SIGTERM."""
    settings = read(SequencerSettings, "audit")
    logs.configure("audit-sequencer", settings.log_level)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    sequencer = Sequencer(settings)
    state = health.Health(checks={"log": lambda: sequencer.working})
    health.serve(state, settings.health_host, settings.health_port)
    running = asyncio.create_task(sequencer.run())
    ticking = asyncio.create_task(health.keep_ticking(state))
    stopping = asyncio.create_task(stop.wait())
    garbage.settle()
    log.info("process.started", service="audit")
    await asyncio.wait([stopping, running], return_when=asyncio.FIRST_COMPLETED)
    failure = running.exception() if running.done() and not running.cancelled() else None
    for task in (running, ticking, stopping):
        task.cancel()
    await asyncio.gather(running, ticking, stopping, return_exceptions=True)
    if isinstance(failure, LogDamaged):
        log.error("log.damaged", reason=failure.message)
    if failure is not None:
        sys.exit(f"The sequencer ended by itself: {type(failure).__name__}.")


if __name__ == "__main__":
    uvloop.run(main())
