"""A client that costs next to nothing: `python -m tests.performance.keep_asking` asks over raw connections kept alive.

Reads from standard input what to ask (JSON: port, clients, seconds, paths, tokens), and says what came of it. It is a
process of its own, so that what the client costs can be told from what the suite costs.
"""

import asyncio
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, cast

import uvloop

END_OF_HEADERS = b"\r\n\r\n"
LENGTH = b"content-length: "


@dataclass
class Heard:
    """What all connections heard together."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


class Asking(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again until the time is over."""

    def __init__(self, requests: Sequence[bytes], until: float, heard: Heard) -> None:
        self._requests, self._until, self._heard = cycle(requests), until, heard
        self._got = b""
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is not derived from it
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(END_OF_HEADERS)
        if end < 0:
            return
        at = self._got.lower().find(LENGTH, 0, end)
        assert at >= 0, "an answer without its length"
        length = int(self._got[at + len(LENGTH) : self._got.index(b"\r", at)])
        if len(self._got) < end + len(END_OF_HEADERS) + length:
            return
        self._heard.seconds.append(time.perf_counter() - self._sent_at)
        self._heard.statuses[int(self._got[9:12])] += 1
        self._got = b""
        if self._sent_at < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)
        if error is not None or time.perf_counter() < self._until:
            self._heard.statuses[0] += 1  # it hung up on us

    def _ask(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._requests))


async def ask(*, port: int, clients: int, seconds: float, paths: list[str], tokens: list[str]) -> dict[str, Any]:
    """So many connections ask for these paths over and over: how many answers of which status came, and how fast."""
    loop = asyncio.get_running_loop()
    heard = Heard()
    started = time.perf_counter()
    until = started + seconds
    connections = []
    for number in range(clients):
        mine = [_request(port, path, tokens[number % len(tokens)]) for path in paths[number:] + paths[:number]]
        _, protocol = await loop.create_connection(lambda mine=mine: Asking(mine, until, heard), "127.0.0.1", port)  # type: ignore[misc]
        connections.append(protocol.done)
    await asyncio.wait_for(asyncio.gather(*connections), timeout=seconds + 30)
    elapsed = time.perf_counter() - started
    ordered = sorted(heard.seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "answers": len(ordered),
        "statuses": heard.statuses,
        "per_second": len(ordered) / elapsed,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        **{
            f"p{share}_ms": ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000 for share in (50, 95, 99)
        },
    }


def _request(port: int, path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n\r\n".encode()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(ask(**json.load(sys.stdin)))))
