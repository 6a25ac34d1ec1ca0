"""Those who follow, and what waits for them: bounded, so that a slow reader costs nobody else anything."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Final, Protocol

from services.gateway.streams.news import News
from shared.contracts.gateway.streams import FollowEvents

MOST_WAITING: Final = 1_000


class Follower:
    """One connection's share of the news."""

    def __init__(self, asked: FollowEvents) -> None:
        self.asked = asked
        self.overrun = False
        """Whether more came than could wait: the reader must come back and say where they stopped."""
        self._waiting: deque[News] = deque()
        self._something = asyncio.Event()

    def offer(self, news: News) -> None:
        """Keep it for the reader, if they want to know of it and keep up."""
        if self.overrun or not news.concerns(self.asked):
            return
        if len(self._waiting) >= MOST_WAITING:
            self.overrun = True
        else:
            self._waiting.append(news)
        self._something.set()

    async def take(self, most: int, seconds: float) -> Sequence[News]:
        """What waits, up to `most`; nothing where nothing came within `seconds`."""
        if not self._waiting and not self.overrun:
            self._something.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._something.wait()
            except TimeoutError:
                return ()
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]


class Feed(Protocol):
    """All the news, in one order that every gateway shares."""

    @property
    def ready(self) -> bool:
        """Whether news arrive now."""

    def follow(self, asked: FollowEvents) -> tuple[Follower, int]:
        """A follower of everything after a place, and that place (-1 where nothing was ever told)."""

    def leave(self, follower: Follower) -> None:
        """No more for this one."""

    def since(self, after: int, until: int) -> AsyncIterator[News]:
        """The news after one place and up to another; begins later where the earlier ones are gone."""
