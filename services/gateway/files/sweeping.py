"""Throws away what nobody went on sending, and what nobody has any more. One gateway at a time does it."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, Final

import structlog

from services.gateway.files.desk import Desk
from shared.clock import now
from shared.contracts.base import Request
from shared.contracts.gateway.uploads import ExpireUploads, ListKeptContent

log = structlog.get_logger()
AT_ONCE: Final = 500
MOST_ROUNDS: Final = 100
SETTLED: Final = timedelta(hours=1)
"""How long a file is left alone after it was put away: its upload may not be finished yet."""
DEAD: Final = timedelta(days=1)
"""How long something may take to be put away."""
Ask = Callable[[Request[Any]], Awaitable[Any]]


async def sweep(desk: Desk, ask: Ask) -> None:
    """Uploads that were idle are given up; bytes that belong to none are gone."""
    given_up = await _give_up(desk, ask)
    idle = now() - timedelta(seconds=desk.idle_seconds + desk.append_seconds)
    stale = await desk.threads.run(lambda: list(desk.staging.untouched(idle)))
    for id in stale:
        await desk.threads.run(desk.staging.remove, id)
    erased = await _erase(desk, ask)
    dead = await desk.threads.run(desk.blobs.sweep, now() - DEAD)
    for what, count in (("expired", given_up), ("stale", len(stale)), ("erased", erased), ("unfinished", dead)):
        if count:
            log.info("files.swept", kind=what, count=count)


async def _give_up(desk: Desk, ask: Ask) -> int:
    since, count = now() - timedelta(seconds=desk.idle_seconds), 0
    for _ in range(MOST_ROUNDS):
        expired = await ask(ExpireUploads(idle_since=since))
        for id in expired["ids"]:
            await desk.threads.run(desk.staging.remove, id)
        count += len(expired["ids"])
        if not expired["more"]:
            break
    return count


async def _erase(desk: Desk, ask: Ask) -> int:
    before = now() - SETTLED
    addresses, count = iter(await desk.threads.run(lambda: list(desk.blobs.addresses(before)))), 0
    for some in _batches(addresses):
        kept = set((await ask(ListKeptContent(content=some)))["content"])
        for address in some:
            if address not in kept:
                count += await desk.threads.run(desk.blobs.erase, address, unless_after=before)
    return count


def _batches(addresses: Iterable[str]) -> Iterator[tuple[str, ...]]:
    rest = iter(addresses)
    while some := tuple(islice(rest, AT_ONCE)):
        yield some
