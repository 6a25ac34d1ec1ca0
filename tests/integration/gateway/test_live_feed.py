"""The news as RabbitMQ keeps them: every reader has all of them, in one order, and none twice."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID, uuid4

import aio_pika
import orjson

from services.gateway.adapters.live_feed import LiveFeed
from services.gateway.streams.following import Follower
from shared.contracts.gateway.streams import FollowEvents
from shared.events.topology import FIREHOSE, Broker, design
from tests.support.servers import FreshVhost

PATIENCE = 20


def envelope(subject: UUID) -> bytes:
    return orjson.dumps(
        {
            "id": str(uuid4()),
            "type": "tellus.case.opened.v1",
            "subject": str(subject),
            "subjectversion": 1,
            "time": "2026-11-21T09:40:00.000000Z",
            "data": {},
        }
    )


async def tell(vhost: FreshVhost, subjects: list[UUID], key: str = "case.opened.v1") -> None:
    async with await aio_pika.connect(vhost.amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(FIREHOSE, ensure=False)
        for subject in subjects:
            await exchange.publish(aio_pika.Message(envelope(subject)), routing_key=key)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - what is awaited has no event of its own
            await asyncio.sleep(0.02)


async def heard(follower: Follower, count: int) -> list[UUID]:
    found: list[UUID] = []
    async with asyncio.timeout(PATIENCE):
        while len(found) < count:
            found += [news.subject for news in await follower.take(1_000, 1)]
    return found


def running(vhost: FreshVhost, scenario: Callable[[LiveFeed, LiveFeed], Awaitable[None]]) -> None:
    with Broker(vhost.management_url, vhost.name) as broker:
        broker.apply(design(()))

    async def run() -> None:
        feeds = LiveFeed(vhost.amqp_url), LiveFeed(vhost.amqp_url)
        tasks = [asyncio.create_task(feed.run()) for feed in feeds]
        try:
            await until(lambda: all(feed.ready for feed in feeds))
            await scenario(*feeds)
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    asyncio.run(run())


def test_every_gateway_hears_all_news_in_one_order(bare_vhost: FreshVhost) -> None:
    told = [uuid4() for _ in range(600)]

    async def scenario(one: LiveFeed, other: LiveFeed) -> None:
        followers = [feed.follow(FollowEvents())[0] for feed in (one, other)]
        await tell(bare_vhost, told)
        for follower in followers:
            assert await heard(follower, len(told)) == told

    running(bare_vhost, scenario)


def test_accesses_and_other_matters_are_no_news(bare_vhost: FreshVhost) -> None:
    async def scenario(one: LiveFeed, _: LiveFeed) -> None:
        follower, _newest = one.follow(FollowEvents())
        await tell(bare_vhost, [uuid4()], key="data.accessed.v1")
        opened = uuid4()
        await tell(bare_vhost, [opened])
        assert await heard(follower, 1) == [opened]

    running(bare_vhost, scenario)


def test_a_gateway_that_starts_later_can_tell_what_happened_before(bare_vhost: FreshVhost) -> None:
    told = [uuid4() for _ in range(700)]

    async def scenario(one: LiveFeed, _: LiveFeed) -> None:
        follower, _newest = one.follow(FollowEvents())
        await tell(bare_vhost, told)
        await heard(follower, len(told))
        late = LiveFeed(bare_vhost.amqp_url)
        running = asyncio.create_task(late.run())
        try:
            await until(lambda: late.ready)
            newest = late.follow(FollowEvents())[1]
            async with asyncio.timeout(PATIENCE):
                again = [news.subject async for news in late.since(9, newest)]
            assert again == told[10:]
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    running(bare_vhost, scenario)


def test_a_lost_connection_loses_and_repeats_nothing(bare_vhost: FreshVhost) -> None:
    before, meanwhile, after = ([uuid4() for _ in range(20)] for _ in range(3))

    async def scenario(one: LiveFeed, _: LiveFeed) -> None:
        follower, _newest = one.follow(FollowEvents())
        await tell(bare_vhost, before)
        assert await heard(follower, len(before)) == before
        await until(lambda: cut_off(bare_vhost) > 0)
        await tell(bare_vhost, meanwhile)
        await until(lambda: one.ready)
        await tell(bare_vhost, after)
        assert await heard(follower, 40) == meanwhile + after

    running(bare_vhost, scenario)


def cut_off(vhost: FreshVhost) -> int:
    """Close every connection that reads live news in this virtual host; how many there were."""
    with Broker(vhost.management_url, vhost.name) as broker:
        connections = broker._client.get("/connections").json()
        mine = [
            c["name"]
            for c in connections
            if c.get("vhost") == vhost.name and c.get("client_properties", {}).get("connection_name") == "gateway-live"
        ]
        for name in mine:
            broker._client.delete(f"/connections/{name}")
    return len(mine)
