"""The same for asyncio: work on files happens in threads, a piece at a time, so that the loop never waits for a disk."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TypeVar

T = TypeVar("T")
_END = object()


async def in_threads(pieces: Iterator[T]) -> AsyncIterator[T]:
    """The pieces, each made in a thread when it is asked for."""
    while True:
        piece = await asyncio.to_thread(next, pieces, _END)
        if piece is _END:
            return
        yield piece  # type: ignore[misc]
