"""Work beside the requests: where it ends by itself, the process is told to stop, and knows that it is not whole."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import structlog

from services.gateway.adapters.store_watch import StoreWatch
from services.gateway.processes.background import Background
from shared.errors import Unavailable


async def for_ever() -> None:
    await asyncio.Event().wait()


async def at_once() -> None:
    return


async def failing() -> None:
    raise RuntimeError("canary-4711")


Work = Callable[[], Coroutine[Any, Any, None]]


def outcome(endless: Work, finite: Work = at_once) -> tuple[bool, int]:
    """Whether all stayed whole, and how often a stop was asked for."""

    async def scene() -> tuple[bool, int]:
        stops: list[None] = []
        background = Background(endless={"endless": endless()}, finite={"finite": finite()})
        background.watch(lambda: stops.append(None))
        for _ in range(3):
            await asyncio.sleep(0)
        await background.end()
        return background.whole, len(stops)

    return asyncio.run(scene())


def test_what_goes_on_and_what_comes_to_its_end_is_left_alone() -> None:
    assert outcome(for_ever) == (True, 0)


@pytest.mark.parametrize(("endless", "finite"), [(at_once, at_once), (failing, at_once), (for_ever, failing)])
def test_what_ends_that_never_may_stops_the_process_and_is_logged(endless: Work, finite: Work) -> None:
    with structlog.testing.capture_logs() as lines:
        assert outcome(endless, finite) == (False, 1)

    (line,) = lines
    assert (line["event"], line["log_level"]) == ("process.task_ended", "error")
    assert line["name"] in {"endless", "finite"}


class Mended:
    """A store whose connection breaks so many times."""

    name = "gateway-test"

    def __init__(self, broken: int) -> None:
        self.broken = broken
        self.asked = 0

    async def ask(self) -> None:
        self.asked += 1
        self.broken -= 1
        if self.broken >= 0:
            raise Unavailable


@pytest.mark.parametrize(("broken", "answering", "asked"), [(0, True, 1), (1, True, 2), (2, False, 2)])
def test_a_store_is_asked_again_at_once_because_its_connection_may_be_all_that_broke(
    broken: int, answering: bool, asked: int
) -> None:
    store: Any = Mended(broken)
    watch = StoreWatch((store,))
    assert not watch.answering

    asyncio.run(watch.ask())

    assert (watch.answering, store.asked) == (answering, asked)


def test_one_store_that_is_away_is_enough() -> None:
    stores: Any = (Mended(0), Mended(2))
    watch = StoreWatch(stores)

    asyncio.run(watch.ask())

    assert not watch.answering
