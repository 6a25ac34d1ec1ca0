"""What the gateway tells reaches the log as it was committed, through the relay."""

import asyncio
import json
from collections.abc import Callable

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from services.gateway.adapters.actors import SqlDirectory
from tests.integration.gateway.test_recording import SOMEBODY, TRACE, recording, seen, store_of
from tests.support.actors import staff
from tests.support.processes import Starter
from tests.support.servers import FreshDatabase, FreshVhost

AGENT = staff("agent")


def test_an_access_and_an_enrolment_reach_the_logs_queue(
    processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]
) -> None:
    store = database("gateway")
    processes.relay({"gateway": store.url}, vhost)

    async def story() -> list[dict[str, object]]:
        async with recording(store) as log:
            await log.record(seen(), actor=AGENT, traceparent=TRACE)
        actors = store_of(store)
        await SqlDirectory(actors).id_of("https://issuer.test", "sub", SOMEBODY, traceparent=TRACE, enrol=True)
        await actors.close()
        return await facts(vhost, 2)

    told = asyncio.run(story())
    assert [event["type"] for event in told] == ["tellus.data.accessed.v1", "tellus.actor.enrolled.v1"]
    assert [event["producer"] for event in told] == ["gateway", "gateway"]
    assert [int(str(event["sequence"])) for event in told] == [1, 2]


async def facts(vhost: FreshVhost, count: int) -> list[dict[str, object]]:
    """The first numbered events in the log's queue."""
    found: list[dict[str, object]] = []
    enough = asyncio.Event()
    connection = await aio_pika.connect(vhost.amqp_url)

    async def take(message: AbstractIncomingMessage) -> None:
        event = json.loads(message.body)
        if "sequence" in event and event["type"].endswith(".v1"):
            found.append(event)
        if len(found) >= count:
            enough.set()

    async with connection, asyncio.timeout(20):
        channel = await connection.channel()
        queue = await channel.get_queue("audit.ingest", ensure=False)
        await queue.consume(take, no_ack=True)
        await enough.wait()
    return found[:count]
