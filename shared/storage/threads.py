"""The same for asyncio: work on files happens in threads, a piece at a time, so that the loop never waits for a disk."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager
from itertools import islice
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A few threads that work on files and on nothing else."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="files")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the work returns, or raises. Work that has begun is finished, whoever stops waiting for it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: work(*args, **kwargs))

    async def each(self, pieces: Iterator[T]) -> AsyncIterator[T]:
        """The pieces, each made in a thread when it is asked for."""
        while following := await self.run(_next, pieces):
            yield following[0]

    @asynccontextmanager
    async def opened(self, context: AbstractContextManager[T]) -> AsyncIterator[T]:
        """What the context gives, opened and closed in a thread."""
        found = await self.run(context.__enter__)
        try:
            yield found
        finally:
            await asyncio.shield(self.run(context.__exit__, None, None, None))

    def close(self) -> None:
        """No more work; what is under way is finished."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _next(pieces: Iterator[T]) -> tuple[T, ...]:
    """The next piece, where there is one: a thread cannot hand on that an iterator is at its end."""
    return tuple(islice(pieces, 1))
