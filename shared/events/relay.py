"""Only the relay publishes: `python -m shared.events.relay contacts cases` serves those stores, one task each.

One active relay per store (advisory lock; a standby takes over). It numbers committed outbox rows without a gap and
persists the numbers and the final bytes, then publishes in order with pipelined, mandatory confirms, then moves the
store's published mark. After a crash it publishes again from the mark: the same bytes, the same ids.
"""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import aio_pika
import httpx
import orjson
import psycopg
import structlog
import uvloop
from aio_pika.abc import AbstractChannel
from psycopg.rows import TupleRow

from shared import garbage
from shared.authz.token import Signer
from shared.clock import instant, now
from shared.contracts.envelope import CONTENT_TYPE, canonical, number
from shared.events.housekeeping import keep_house
from shared.events.topology import Binding, Broker, Topology
from shared.ids import new_id
from shared.observability import health, logs, metrics
from shared.persistence.driver import open_connection, wait_for_lock
from shared.rpc.asyncio_client import CONNECTION_ERRORS, AsyncRpc
from shared.rpc.wire import PRIORITY
from shared.settings import Settings, read

BATCH = 500
POLL_SECONDS = 0.15
"""How long facts wait for company: what is shared out over a batch is most of what a fact costs."""
HEARTBEAT_SECONDS, TOPOLOGY_SECONDS = 10.0, 60.0
CONFIRM_SECONDS = 30.0
HEARTBEAT_KEY = "heartbeat.v1"
LOCK = 0x7E11_0501
"""The advisory lock of the one active relay, in each store."""
log = structlog.get_logger()
Connection = psycopg.AsyncConnection[TupleRow]


@dataclass
class Stream:
    """A store's place in its own stream."""

    producer: str
    epoch: str
    numbered: int
    published: int
    head: bytes


class Numbered(NamedTuple):
    """A fact with its place in the stream, as it is published."""

    sequence: int
    event_id: UUID
    routing_key: str
    body: str


class TopologyIncomplete(Exception):
    """A declared binding is missing: publishing now would not reach its queue, so nothing is published."""


class Relay:
    """The relay of one store."""

    def __init__(self, service: str, settings: Settings, rpc: AsyncRpc) -> None:
        self.service, self._settings, self._rpc = service, settings, rpc
        self._topology = Topology.load(settings.topology)
        key = settings.signing_key
        self._signer = Signer(service, key.get_secret_value()) if key else None
        self.active = False
        self.connected = False

    async def run(self) -> None:
        """Relay until cancelled. Whatever breaks, begin again from the store's own mark."""
        while True:
            try:
                await self._serve()
            except asyncio.CancelledError:
                raise
            except (psycopg.Error, *CONNECTION_ERRORS, TopologyIncomplete, TimeoutError) as error:
                log.warning("relay.interrupted", producer=self.service, error=type(error).__name__)
            finally:
                self.active = self.connected = False
                metrics.relay_active.labels(self.service).set(0)
            await asyncio.sleep(0.5)

    async def _serve(self) -> None:
        url = self._settings.database_url.get_secret_value()
        async with contextlib.AsyncExitStack() as stack:
            store = await stack.enter_async_context(await open_connection(url))
            broker = await aio_pika.connect(
                self._settings.amqp_url.get_secret_value(),
                timeout=5,
                heartbeat=10,
                client_properties={"connection_name": f"relay-{self.service}"},
            )
            stack.push_async_callback(broker.close)
            await self._check_topology()
            self.connected = True
            await wait_for_lock(store, LOCK)
            self.active = True
            metrics.relay_active.labels(self.service).set(1)
            log.info("relay.active", producer=self.service)
            house = asyncio.create_task(keep_house(self.service, url, self._rpc, self._signer))
            stack.callback(house.cancel)
            channel = await broker.channel(publisher_confirms=True, on_return_raises=True)
            await self._loop(store, channel, broker)

    async def _loop(self, store: Connection, channel: AbstractChannel, broker: Any) -> None:
        stream = await self._stream(store)
        next_beat = 0.0
        next_check = time.monotonic() + TOPOLOGY_SECONDS
        while broker.connected.is_set():  # `is_closed` tells of our own closing only
            clock = time.monotonic()
            if clock >= next_check:
                await self._check_topology()
                next_check = clock + TOPOLOGY_SECONDS
            await self._publish_from_mark(store, channel, stream)
            numbered = await self._number(store, stream)
            await self._publish_and_mark(store, channel, stream, numbered)
            moved = len(numbered)
            if clock >= next_beat:
                await self._heartbeat(channel, stream)
                next_beat = clock + HEARTBEAT_SECONDS
            if moved < BATCH:
                await asyncio.sleep(POLL_SECONDS)
        raise ConnectionError("the broker closed the connection")

    async def _stream(self, store: Connection) -> Stream:
        cursor = await store.execute("SELECT producer, epoch, numbered, published, head FROM stream")
        row = await cursor.fetchone()
        assert row is not None, f"the store of {self.service} has no stream row: its migrations did not run"
        return Stream(row[0], row[1], row[2], row[3], bytes(row[4]))

    async def _number(self, store: Connection, stream: Stream) -> list[Numbered]:
        cursor = await store.execute(
            "SELECT event_id, routing_key, body FROM outbox WHERE sequence IS NULL ORDER BY id LIMIT %s", (BATCH,)
        )
        rows = await cursor.fetchall()
        if not rows:
            return []
        numbered, head = [], stream.head
        for sequence, (event_id, routing_key, drafted) in enumerate(rows, start=stream.numbered + 1):
            envelope = number(orjson.loads(drafted), producer=stream.producer, epoch=stream.epoch, sequence=sequence)
            body = orjson.dumps(envelope, option=orjson.OPT_SORT_KEYS)  # the draft was canonical: so is this
            head = sha256(head + body).digest()
            numbered.append(Numbered(sequence, event_id, routing_key, body.decode()))
        async with store.transaction():
            await store.execute(
                "UPDATE outbox SET sequence = n.sequence, body = n.body "
                "FROM unnest(%b::uuid[], %b::bigint[], %b::text[]) AS n (event_id, sequence, body) "
                "WHERE outbox.event_id = n.event_id",
                ([n.event_id for n in numbered], [n.sequence for n in numbered], [n.body for n in numbered]),
            )
            await store.execute("UPDATE stream SET numbered = %s, head = %s", (numbered[-1].sequence, head))
        stream.numbered, stream.head = numbered[-1].sequence, head
        return numbered

    async def _publish_from_mark(self, store: Connection, channel: AbstractChannel, stream: Stream) -> None:
        while stream.published < stream.numbered:
            cursor = await store.execute(
                "SELECT sequence, event_id, routing_key, body FROM outbox WHERE sequence > %s ORDER BY sequence LIMIT %s",
                (stream.published, BATCH),
            )
            rows = [Numbered(*row) for row in await cursor.fetchall()]
            if not rows:
                break
            await self._publish_and_mark(store, channel, stream, rows)

    async def _publish_and_mark(
        self, store: Connection, channel: AbstractChannel, stream: Stream, rows: Sequence[Numbered]
    ) -> None:
        if not rows:
            return
        async with asyncio.timeout(CONFIRM_SECONDS):
            await self._publish(channel, rows)
        await store.execute("UPDATE stream SET published = %s", (rows[-1].sequence,))
        stream.published = rows[-1].sequence
        metrics.published.labels(self.service).inc(len(rows))

    async def _publish(self, channel: AbstractChannel, rows: Sequence[Numbered]) -> None:
        underlay = await channel.get_underlay_channel()
        confirms = [
            asyncio.ensure_future(
                underlay.basic_publish(  # type: ignore[call-arg]  # the interface does not know `wait`
                    row.body.encode(),
                    exchange=f"{self.service}.events",
                    routing_key=row.routing_key,
                    properties=_properties(str(row.event_id), f"tellus.{row.routing_key}", f"/tellus/{self.service}"),
                    mandatory=True,
                    wait=False,  # for the buffer: the confirmations are waited for anyway
                )
            )
            for row in rows
        ]
        try:
            await asyncio.gather(*confirms)
        finally:
            for confirm in confirms:
                confirm.cancel()
            await asyncio.gather(*confirms, return_exceptions=True)

    async def _heartbeat(self, channel: AbstractChannel, stream: Stream) -> None:
        moment = instant(now())
        body = {
            "specversion": "1.0",
            "id": str(new_id()),
            "source": f"/tellus/{self.service}",
            "type": f"tellus.{HEARTBEAT_KEY}",
            "time": moment,
            "datacontenttype": "application/json",
            "data": {
                "producer": stream.producer,
                "epoch": stream.epoch,
                "sequence": f"{stream.published:016d}",
                "head": stream.head.hex() if stream.published == stream.numbered else None,
            },
        }
        underlay = await channel.get_underlay_channel()
        async with asyncio.timeout(CONFIRM_SECONDS):
            await underlay.basic_publish(
                canonical(body),
                exchange=f"{self.service}.events",
                routing_key=HEARTBEAT_KEY,
                properties=_properties(str(body["id"]), str(body["type"]), str(body["source"])),
                mandatory=True,
            )

    async def _check_topology(self) -> None:
        url = self._settings.management_url
        if url is None:
            return
        vhost = self._settings.amqp_url.get_secret_value().rsplit("/", 1)[-1]
        try:
            missing = await asyncio.to_thread(_missing_bindings, url.get_secret_value(), vhost, self._topology)
        except httpx.HTTPError as error:
            metrics.topology_unchecked.labels(self.service).inc()
            log.warning("topology.unchecked", producer=self.service, error=type(error).__name__)
            return
        metrics.topology_missing.labels(self.service).set(len(missing))
        if missing:
            log.error("topology.incomplete", producer=self.service, missing=[b.destination for b in missing])
            raise TopologyIncomplete


def _missing_bindings(url: str, vhost: str, topology: Topology) -> list[Binding]:
    with Broker(url, vhost) as broker:
        return broker.missing_bindings(topology)


def _properties(message_id: str, type: str, source: str) -> Any:
    return aio_pika.Message(
        b"",
        content_type=CONTENT_TYPE,
        content_encoding="utf-8",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        priority=PRIORITY,
        message_id=message_id,
        type=type,
        app_id=source,
        timestamp=now(),
    ).properties


async def relay(services: Sequence[str]) -> None:
    """Run the relays of `services` until SIGTERM."""
    settings = {service: read(Settings, service) for service in services}
    process = read(_ProcessSettings, "relay")
    logs.configure("relay", process.log_level)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number_ in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number_, stop.set)
    rpc = AsyncRpc(settings[services[0]].amqp_url.get_secret_value(), name="relay")
    relays = [Relay(service, settings[service], rpc) for service in services]
    state = health.Health(checks={f"relay-{r.service}": lambda r=r: r.connected for r in relays})  # type: ignore[misc]
    health.serve(state, process.health_host, process.health_port)
    tasks = [asyncio.create_task(r.run(), name=r.service) for r in relays]
    tasks.append(asyncio.create_task(health.keep_ticking(state)))
    connecting = asyncio.create_task(rpc.keep_connected())
    garbage.settle()
    log.info("process.started", service="relay", workers=len(relays))
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (*tasks, connecting):
        task.cancel()
    await asyncio.gather(*tasks, connecting, return_exceptions=True)
    await rpc.close()
    if not stop.is_set():
        sys.exit("a relay ended by itself, which it never should: see the log")


class _ProcessSettings(Settings):
    """The relay's own listener; the stores' settings come under each store's prefix."""

    database_url: Any = None
    amqp_url: Any = None
    transaction_keys: Any = None


if __name__ == "__main__":
    uvloop.run(relay(sys.argv[1:]))
