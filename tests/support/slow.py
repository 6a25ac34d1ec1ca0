"""Connections that hold on to a server: silent ones, ones that dribble their headers, ones that dribble a body."""

import asyncio
import json
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tests.support.processes import ROOT

KINDS: Final = ("silent", "slow headers", "slow body")
DRIBBLE_SECONDS: Final = 1.5
AGAIN_SECONDS: Final = 0.2
OPENING_AT_ONCE: Final = 64
SOURCES: Final = 24
"""Addresses that they come from: a body in ten or so of each is what one client may have under way."""


@dataclass(frozen=True)
class Attack:
    """How many, at whom."""

    port: int
    token: str
    connections: int
    sources: int = SOURCES


class _Slow:
    """Keeps one connection open for ever: when it is closed, it opens the next."""

    def __init__(self, attack: Attack, number: int, count: Counter[str], turn: asyncio.Semaphore) -> None:
        self._attack, self._count, self._turn = attack, count, turn
        self._kind = KINDS[number % len(KINDS)]
        self._source = f"127.0.1.{1 + number // len(KINDS) % attack.sources}"

    async def run(self) -> None:
        while True:
            try:
                async with self._turn:
                    reader, writer = await asyncio.open_connection(
                        "127.0.0.1", self._attack.port, local_addr=(self._source, 0)
                    )
            except OSError:
                self._count["refused"] += 1
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            self._count["open"] += 1
            self._count["opened"] += 1
            try:
                await self._hold(reader, writer)
            except OSError:
                self._count["reset"] += 1
            finally:
                self._count["open"] -= 1
                writer.close()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._beginning())
        ended = asyncio.ensure_future(reader.read())
        while not (await asyncio.wait([ended], timeout=DRIBBLE_SECONDS))[0]:
            if self._kind != "silent":
                writer.write(b"a")
        said = ended.result()
        self._count[f"{self._kind}: {said[9:12].decode() if said else 'closed'}"] += 1

    def _beginning(self) -> bytes:
        if self._kind == "silent":
            return b""
        if self._kind == "slow headers":
            return b"GET /v1/me HTTP/1.1\r\nHost: tellus.test\r\nX-A: "
        head = (
            "POST /v1/contacts HTTP/1.1\r\nHost: tellus.test\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"
            f"Authorization: Bearer {self._attack.token}\r\nContent-Length: 200000\r\n\r\n{{"
        )
        return head.encode()


@contextmanager
def slow_connections(attack: Attack) -> Iterator["subprocess.Popen[str]"]:
    """As many as that, from a process of their own, while the block lasts. It prints a line of counts every second."""
    command = [sys.executable, "-m", "tests.support.slow", json.dumps(vars(attack))]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def counts(process: "subprocess.Popen[str]") -> Counter[str]:
    """What it says next: how many are open, and how those ended that did."""
    assert process.stdout is not None
    return Counter(json.loads(process.stdout.readline()))


async def _main(attack: Attack) -> None:
    count: Counter[str] = Counter()
    turn = asyncio.Semaphore(OPENING_AT_ONCE)
    holding = [asyncio.create_task(_Slow(attack, n, count, turn).run()) for n in range(attack.connections)]
    while not any(task.done() for task in holding):
        print(json.dumps(count), flush=True)  # noqa: T201 - this is what its parent reads
        await asyncio.sleep(1)


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_main(Attack(**json.loads(sys.argv[1]))))
