"""What the bare parts do on this machine right now: the floor under every figure of ours."""

import asyncio
import time

import aio_pika
import psycopg

from tests.support.instance import Instance

SECONDS = 3.0
BODY = b"x" * 700


def commits_per_second(suite: Instance) -> float:
    """Insert a row of 700 bytes and commit, one after the other, on one connection."""
    url = suite.secret("cases_owner_database_url").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS floor_probe (n bigint GENERATED ALWAYS AS IDENTITY, body bytea)")
        try:
            count, started = 0, time.perf_counter()
            while (elapsed := time.perf_counter() - started) < SECONDS:
                connection.execute("INSERT INTO floor_probe (body) VALUES (%s)", [BODY])
                count += 1
        finally:
            connection.execute("DROP TABLE floor_probe")
    return count / elapsed


def confirms_per_second(suite: Instance) -> float:
    """Publish to a quorum queue with two hundred confirms in flight, from one asyncio process."""
    return asyncio.run(_confirms(suite.secret("tellus_amqp_url")))


async def _confirms(url: str) -> float:
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue("floor.probe", durable=True, arguments={"x-queue-type": "quorum"})
        try:
            count, started = 0, time.perf_counter()
            while (elapsed := time.perf_counter() - started) < SECONDS:
                message = aio_pika.Message(BODY, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
                publish = channel.default_exchange.publish
                await asyncio.gather(*(publish(message, routing_key=queue.name) for _ in range(200)))
                count += 200
        finally:
            await queue.delete(if_unused=False, if_empty=False)
    return count / elapsed
