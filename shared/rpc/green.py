"""Makes psycopg wait as a green thread does: one query's wait is every other request's turn.

psycopg knows gevent but not eventlet; its C wait would stop the whole process, and its selector-based one makes and
drops a selector for each wait. This one hands the socket to eventlet's hub.
"""

import sys
import time
from collections.abc import Generator
from typing import TypeVar

import psycopg
from eventlet import patcher
from eventlet.green import select
from eventlet.hubs import trampoline
from psycopg.errors import _WaitTimeout
from psycopg.waiting import Ready, Wait

T = TypeVar("T")
REAL = patcher.original("select")
"""The operating system's own, which eventlet hides: for a look that never waits."""


def wait(gen: Generator[Wait, Ready, T], fileno: int, interval: float | None = None, timeout: float | None = None) -> T:
    """Run psycopg's generator, switching to other green threads whenever it would block.

    `interval`, how often a thread looks for signals, means nothing to a green one. Raises psycopg's own time-out.
    """
    del interval
    deadline = None if timeout is None else time.monotonic() + timeout
    try:
        wanted = next(gen)
        while True:
            wanted = gen.send(_ready(fileno, wanted, deadline))
    except StopIteration as done:
        result: T = done.value
        return result


def _ready(fileno: int, wanted: Wait, deadline: float | None) -> Ready:
    if wanted & Wait.W and (now := _ready_now(fileno, wanted)):
        return now  # there is nearly always room to write: no need to ask the hub and come back
    left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
    late = _WaitTimeout("wait timeout expired")
    if wanted == Wait.RW:  # the hub waits for one thing at a time
        readable, writable, _ = select.select([fileno], [fileno], [], left)
        if not (readable or writable):
            raise late
        return Ready((Ready.R if readable else 0) | (Ready.W if writable else 0))
    reading = wanted == Wait.R
    trampoline(fileno, read=reading, write=not reading, timeout=left, timeout_exc=late)
    return Ready.R if reading else Ready.W


def _ready_now(fileno: int, wanted: Wait) -> Ready:
    poll = REAL.poll()
    poll.register(fileno, (REAL.POLLIN if wanted & Wait.R else 0) | (REAL.POLLOUT if wanted & Wait.W else 0))
    ((_, found),) = poll.poll(0) or ((fileno, 0),)
    if found & ~(REAL.POLLIN | REAL.POLLOUT):
        return Ready(wanted)  # hung up: let libpq find out
    return Ready((Ready.R if found & REAL.POLLIN else 0) | (Ready.W if found & REAL.POLLOUT else 0))


def make_green() -> None:
    """Every psycopg connection of this process waits greenly from now on."""
    psycopg.waiting.wait = wait


def assert_green() -> None:
    """A blocking database driver would stop every other request while one query runs: refuse to start so."""
    if psycopg.waiting.wait is not wait:
        sys.exit("psycopg would block the whole process: shared.rpc.green.make_green() was not called")
