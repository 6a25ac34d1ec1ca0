"""Who saw what, committed before it is shown: one writer, one statement and one commit for all that wait."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from prometheus_client import Counter, Histogram

from services.gateway.adapters.store import Store, StoreUnavailable
from shared.contracts.actor import Actor
from shared.contracts.base import Event
from shared.errors import ServiceError
from shared.persistence.outbox import Fact, add_facts, fact_of

log = structlog.get_logger()
MOST_WAITING: Final = 2_000
LARGEST_GROUP: Final = 500
PROBE_SECONDS: Final = 0.5
grouped = Histogram("tellus_access_group_size", "Access events per commit", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 500))
refused = Counter("tellus_access_unrecorded_total", "Responses withheld because their access could not be recorded")
Waiting = tuple[Fact, asyncio.Future[None]]


class AccessUnrecorded(StoreUnavailable):
    """What you asked for is not shown, because that you saw it could not be recorded: try again."""

    code = "access_unrecorded"


class AccessLog:
    """Records facts in groups. `run` must be running."""

    def __init__(self, store: Store, *, seconds: float) -> None:
        self._store, self._seconds = store, seconds
        self._waiting: asyncio.Queue[Waiting] = asyncio.Queue(MOST_WAITING)
        self._working = False

    @property
    def working(self) -> bool:
        """Whether the last attempt to reach the store succeeded."""
        return self._working

    def require(self) -> None:
        """Raises AccessUnrecorded where recording is known not to work, so that nothing is begun in vain."""
        if not self._working:
            refused.inc()
            raise AccessUnrecorded

    async def record(self, event: Event, *, actor: Actor, traceparent: str) -> None:
        """The event is committed; raises AccessUnrecorded where that is not certain in time."""
        fact = fact_of(
            event,
            actor=actor.id,
            department=actor.department,
            traceparent=traceparent,
            on_behalf_of=actor.on_behalf_of,
        )
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait((fact, future))
            async with asyncio.timeout(self._seconds):
                await future
        except (asyncio.QueueFull, TimeoutError, ServiceError) as error:
            refused.inc()
            raise AccessUnrecorded from error

    async def run(self) -> None:
        """Write what waits, for ever; look for the store again while it is away."""
        while True:
            if not self._working:
                await self._probe()
            try:
                async with asyncio.timeout(None if self._working else PROBE_SECONDS):
                    group = [await self._waiting.get()]
            except TimeoutError:
                continue
            while len(group) < LARGEST_GROUP and not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            await self._write([waiting for waiting in group if not waiting[1].done()])

    async def _write(self, group: Sequence[Waiting]) -> None:
        if not group:
            return
        try:
            async with self._store.statement() as connection:  # kept as a whole, and committed when it returns
                await add_facts(connection, [fact for fact, _ in group])
        except Exception as error:  # each caller that waits is told, and nothing is shown
            self._working = False
            log.exception("access.unrecorded", count=len(group), error=type(error).__name__)
            for _, future in group:
                if not future.done():
                    future.set_exception(StoreUnavailable())
            return
        self._working = True
        grouped.observe(len(group))
        for _, future in group:
            if not future.done():
                future.set_result(None)

    async def _probe(self) -> None:
        try:
            await self._store.check()
        except Exception as error:  # noqa: BLE001 - for now every reason is the same: not recorded, not shown
            log.warning("access.store_away", error=type(error).__name__)
        else:
            self._working = True
