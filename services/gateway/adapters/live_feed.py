"""The news from the broker's stream `live`: read by every gateway, taken out by none, and for a day read again."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import aio_pika
import structlog
from aio_pika.abc import AbstractIncomingMessage

from services.gateway.streams.following import Follower
from services.gateway.streams.news import News, news_of
from shared.contracts.gateway.streams import FollowEvents
from shared.errors import Unavailable
from shared.events.topology import LIVE_QUEUE

log = structlog.get_logger()
PLACE: Final = "x-stream-offset"
KEPT: Final = 5_000
"""How many of the newest are at hand, for readers who come back soon."""
AT_ONCE: Final = 500
MOST_REPLAYS: Final = 8
REPLAY_SECONDS: Final = 5.0
FIRST_SECONDS: Final = 0.5
UNREADABLE: Final = (ValueError, KeyError, IndexError, TypeError, AttributeError)
AWAY: Final = (ConnectionError, aio_pika.exceptions.AMQPError, OSError, TimeoutError, RuntimeError)


class LiveFeed:
    """One reader of the stream for this process. `run` must be running."""

    def __init__(self, amqp_url: str) -> None:
        self._url = amqp_url
        self._followers: set[Follower] = set()
        self._kept: deque[News] = deque(maxlen=KEPT)
        self._newest = self._oldest = -1
        self._reading = False
        self._replaying = asyncio.Semaphore(MOST_REPLAYS)

    @property
    def ready(self) -> bool:
        """Whether news arrive now."""
        return self._reading

    def follow(self, asked: FollowEvents) -> tuple[Follower, int]:
        """A follower of everything after the newest place, and that place."""
        follower = Follower(asked)
        self._followers.add(follower)
        return follower, self._newest

    def leave(self, follower: Follower) -> None:
        """No more for this one."""
        self._followers.discard(follower)

    async def since(self, after: int, until: int) -> AsyncIterator[News]:
        """From memory where it reaches back so far, from the broker where it does not."""
        if self._oldest != -1 and after + 1 >= self._oldest:
            for kept in [kept for kept in self._kept if after < kept.place <= until]:
                yield kept
            return
        async with self._replaying, self._reader(after + 1) as messages:
            while True:
                try:
                    async with asyncio.timeout(REPLAY_SECONDS):
                        message = await messages.get()
                except TimeoutError:
                    raise Unavailable("What happened meanwhile cannot be read now.", code="feed_unavailable") from None
                place, news = _read(message)
                if news is not None and place <= until:
                    yield news
                if place >= until:
                    return

    async def run(self) -> None:
        """Read for ever; where the broker goes away, go on after the last that was read."""
        while True:
            try:
                async with self._reader("last" if self._newest < 0 else self._newest + 1) as messages:
                    await self._catch_first(messages)
                    self._reading = True
                    while True:
                        self._pass_on(*_read(await messages.get()))
            except AWAY as error:
                log.warning("feed.away", error=type(error).__name__)
            finally:
                self._reading = False
            await asyncio.sleep(1)

    async def _catch_first(self, messages: "asyncio.Queue[AbstractIncomingMessage]") -> None:
        """Learn where the stream stands before anybody is told that it is read; an empty one tells nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_SECONDS):
                message = await messages.get()
            self._pass_on(*_read(message))

    def _pass_on(self, place: int, news: News | None) -> None:
        if place <= self._newest:
            return
        if self._oldest == -1:
            self._oldest = place
        self._newest = place
        if news is None:
            return
        if len(self._kept) == KEPT:
            self._oldest = self._kept[1].place
        self._kept.append(news)
        for follower in self._followers:
            follower.offer(news)

    @asynccontextmanager
    async def _reader(self, start: int | str) -> AsyncIterator["asyncio.Queue[AbstractIncomingMessage]"]:
        connection = await aio_pika.connect(self._url, timeout=5, client_properties={"connection_name": "gateway-live"})
        async with connection:
            channel = await connection.channel(publisher_confirms=False)
            await channel.set_qos(prefetch_count=AT_ONCE)
            queue = await channel.get_queue(LIVE_QUEUE, ensure=False)
            waiting: asyncio.Queue[Any] = asyncio.Queue(AT_ONCE)
            ending: list[asyncio.Task[None]] = []

            async def arrived(message: AbstractIncomingMessage) -> None:
                await waiting.put(message)
                await message.ack()  # nothing is taken out: this only lets more come

            def closed(*_: object) -> None:
                ending.append(asyncio.create_task(waiting.put(None)))

            channel.close_callbacks.add(closed)
            await queue.consume(arrived, arguments={"x-stream-offset": start})
            yield waiting


def _read(message: AbstractIncomingMessage | None) -> tuple[int, News | None]:
    if message is None:
        raise ConnectionError("the broker closed the channel")
    place = int(message.headers[PLACE])  # type: ignore[arg-type]
    try:
        return place, news_of(place, message.body)
    except UNREADABLE as error:  # what cannot be read is no news; audit parks it
        log.warning("feed.unreadable", error=type(error).__name__)
        return place, None
