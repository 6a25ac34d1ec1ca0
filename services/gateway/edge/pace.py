"""A body arrives at a least rate, however large it may be: who sends a byte now and then holds nothing for long."""

import asyncio

from starlette.types import Message, Receive

from services.gateway.edge.problem import Problem


class Paced:
    """Receives a request's content. Only waiting counts, not the time that is spent on what came."""

    __slots__ = ("_allowed", "_complete", "_rate", "_receive")

    def __init__(self, receive: Receive, *, grace_seconds: float, bytes_per_second: float) -> None:
        self._receive, self._rate = receive, bytes_per_second
        self._allowed = grace_seconds
        self._complete = False

    async def __call__(self) -> Message:
        """The next piece; raises a problem where the sender has fallen behind. After the last one, there is time."""
        if self._complete:
            return await self._receive()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout_at(began + self._allowed):
                message = await self._receive()
        except TimeoutError:
            raise Problem("too_slow", f"A body arrives at {self._rate:g} bytes per second or faster.") from None
        self._complete = message["type"] != "http.request" or not message.get("more_body", False)
        self._allowed += len(message.get("body", b"")) / self._rate - (loop.time() - began)
        return message
