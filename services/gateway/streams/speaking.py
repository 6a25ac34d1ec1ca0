"""Live updates over HTTP: server-sent events, each shown only to who may see its record at that moment.

Nothing is pushed that was not allowed a moment before, and on record: the caller is identified anew before every
batch, so that who signed out, lost a role or left hears no more.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge

from services.gateway.edge.bounds import ASIDE
from services.gateway.edge.headers import NEVER_STORED, SECURITY
from services.gateway.edge.problem import Problem, malformed
from services.gateway.edge.responding import Answer
from services.gateway.endpoint import Visit
from services.gateway.streams.following import Feed, Follower
from services.gateway.streams.news import ASKED, News
from shared.contracts.base import Request
from shared.contracts.gateway.events import DataAccessed
from shared.contracts.gateway.streams import FollowEvents
from shared.contracts.sights import Sights
from shared.errors import ServiceError, TooMany, Unavailable

log = structlog.get_logger()
BATCH: Final = 100
LOOK_SECONDS: Final = 0.5
"""How often a quiet stream's reader is identified again."""
HEARTBEAT_SECONDS: Final = 15.0
RETRY: Final = b"retry: 2000\n\n"
MOST_DIGITS: Final = 15
open_streams = Gauge("tellus_live_streams", "Live updates being followed")
pushed = Counter("tellus_live_updates_total", "Live updates sent")


class TooManyStreams(TooMany):
    """Too many live updates are being followed: close one, or share one between your pages."""

    code = "too_many_streams"


class LiveUpdates:
    """Serves `GET /v1/stream`."""

    def __init__(
        self, feed: Feed, *, most: int, most_each: int, seconds: float, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self._feed, self._most, self._most_each, self._seconds = feed, most, most_each, seconds
        self._stopping = stopping
        self._open: dict[UUID, int] = {}

    async def __call__(self, visit: Visit) -> Answer | None:
        """Everything from where the caller stopped, or from now on, until their time is over."""
        asked = _asked(visit)
        if visit.scope["method"] == "HEAD":
            return Answer(200, b"", b"text/event-stream", headers=(NEVER_STORED,))
        if not self._feed.ready:
            raise Unavailable("Live updates are not available now.", code="feed_unavailable")
        mine = visit.actor.owner
        if sum(self._open.values()) >= self._most or self._open.get(mine, 0) >= self._most_each:
            raise TooManyStreams
        self._open[mine] = self._open.get(mine, 0) + 1
        follower, newest = self._feed.follow(asked)
        try:
            with open_streams.track_inprogress(), visit.scope[ASIDE]():
                await self._serve(visit, asked, follower, newest)
        finally:
            self._feed.leave(follower)
            self._open[mine] -= 1
            if not self._open[mine]:
                del self._open[mine]
        return None

    async def _serve(self, visit: Visit, asked: FollowEvents, follower: Follower, newest: int) -> None:
        headers = [
            (b"content-type", b"text/event-stream"),
            (b"x-accel-buffering", b"no"),
            (b"tellus-trace", visit.trace.encode()),
            *SECURITY,
            NEVER_STORED,
        ]
        await visit.send({"type": "http.response.start", "status": 200, "headers": headers})
        await _send(visit, RETRY)
        gone = asyncio.create_task(_gone(visit))
        telling = asyncio.create_task(self._tell(visit, asked, follower, newest))
        try:
            await asyncio.wait({gone, telling}, return_when=asyncio.FIRST_COMPLETED)
            reason = telling.result() if telling.done() else None
        finally:
            for task in (gone, telling):
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task
        if reason is not None:
            with suppress(Exception):  # whoever left hears no farewell
                await _send(visit, b'event: end\ndata: {"reason":"%s"}\n\n' % reason.encode())
                await visit.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, visit: Visit, asked: FollowEvents, follower: Follower, newest: int) -> str:
        """Tell until there is a reason to end."""
        until = time.monotonic() + self._seconds
        try:
            if asked.after is not None:
                await self._catch_up(visit, asked, newest)
            quiet_since = time.monotonic()
            while not follower.overrun and not self._stopping() and time.monotonic() < until:
                waiting = await follower.take(BATCH, min(LOOK_SECONDS, until - time.monotonic()))
                await visit.again()
                if waiting:
                    await _show(visit, waiting)
                elif time.monotonic() - quiet_since < HEARTBEAT_SECONDS:
                    continue
                else:
                    await _send(visit, b": still here\n\n")
                quiet_since = time.monotonic()
        except (Problem, ServiceError) as error:
            log.info("stream.ended", outcome=getattr(error, "code", ""), trace=visit.trace)
            return "not_allowed_now"
        if follower.overrun:
            return "too_slow"
        return "stopping" if self._stopping() else "time_is_over"

    async def _catch_up(self, visit: Visit, asked: FollowEvents, newest: int) -> None:
        assert asked.after is not None
        expected = asked.after + 1
        if asked.after > newest:  # of another broker's counting
            await _send(visit, b"event: reset\ndata: {}\n\n")
            return
        async for batch in _batches(self._feed.since(asked.after, newest)):
            if expected == asked.after + 1 and batch[0].place > expected:
                await _send(visit, b"event: reset\ndata: {}\n\n")
            expected = batch[-1].place + 1
            await visit.again()
            wanted = [news for news in batch if news.concerns(asked)]
            if wanted:
                await _show(visit, wanted)


async def _batches(found: AsyncIterator[News]) -> AsyncIterator[list[News]]:
    batch: list[News] = []
    async for news in found:
        batch.append(news)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _show(visit: Visit, found: Sequence[News]) -> None:
    """Send what the caller may see of these; what was sent is on record before it leaves."""
    visible = await _visible(visit, found)
    shown = [news for news in found if news.subject in visible]
    if not shown:
        return
    subjects = tuple(dict.fromkeys(news.subject for news in shown))
    await visit.tell(
        DataAccessed(
            subject=visit.actor.id,
            subject_version=0,
            operation=visit.route.operation,
            purpose=visit.actor.purpose or visit.route.purpose,
            subjects=subjects,
            fields=("type",),
        )
    )
    await _send(visit, b"".join(news.frame for news in shown))
    pushed.inc(len(shown))


async def _visible(visit: Visit, found: Sequence[News]) -> frozenset[UUID]:
    seen: set[UUID] = set()
    for noun, some in groupby(sorted(found, key=lambda news: news.noun), key=lambda news: news.noun):
        ids = tuple(dict.fromkeys(news.subject for news in some))
        reply = await _patiently(visit, ASKED[noun].model_validate({"ids": ids}))
        seen.update(UUID(id) for id in reply["visible"])
    return frozenset(seen)


async def _patiently(visit: Visit, request: Request[Sights]) -> dict[str, list[str]]:
    try:
        found: dict[str, list[str]] = await visit.ask(request)
    except Unavailable:  # once more: a restarted owner is back within a second or two
        await asyncio.sleep(1)
        found = await visit.ask(request)
    return found


def _asked(visit: Visit) -> FollowEvents:
    assert isinstance(visit.request, FollowEvents)
    stated = visit.headers.one(b"last-event-id")
    if stated is None or not stated:
        return visit.request
    if not (stated.isdigit() and len(stated) <= MOST_DIGITS):
        raise malformed("Last-Event-ID must be an id that this stream gave out.")
    return visit.request.model_copy(update={"after": int(stated)})


async def _gone(visit: Visit) -> None:
    while (await visit.receive())["type"] != "http.disconnect":
        pass


async def _send(visit: Visit, body: bytes) -> None:
    await visit.send({"type": "http.response.body", "body": body, "more_body": True})
