"""Where log lines go: standard output, at once, or a few together where many come.

A line costs little to make and much to hand over: a write wakes whoever reads the other end. So a process that writes
one for each request gathers them for an instant. What warns, or worse, goes out at once, with all that waits.
"""

import atexit
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO, Final

SECONDS: Final = 0.05
MOST_BYTES: Final = 65_536
Later = Callable[[float, Callable[[], None]], object]
"""Calls something after so many seconds: the event loop's way of saying it, for its own thread only."""


class Lines:
    """Takes finished lines, in the order of their events. Its methods are the levels, as structlog calls them."""

    def __init__(self, file: BinaryIO | None = None) -> None:
        self._file = file or sys.stdout.buffer
        self._waiting: list[bytes] = []
        self._bytes = 0
        self._later: Later | None = None
        self._thread = 0

    def gather(self, later: Later) -> None:
        """From now on lines that are not urgent wait for others, until `later` comes back."""
        atexit.register(self.flush)
        self._later, self._thread = later, threading.get_native_id()

    def info(self, line: bytes) -> None:
        """A line that may wait an instant."""
        first = not self._waiting
        self._waiting.append(line)
        self._bytes += len(line)
        if self._later is None or self._bytes > MOST_BYTES or threading.get_native_id() != self._thread:
            self.flush()
        elif first:
            try:
                self._later(SECONDS, self.flush)
            except RuntimeError:  # the loop has ended: last words go out at once
                self._later = None
                self.flush()

    def error(self, line: bytes) -> None:
        """A line that is wanted now: perhaps nothing comes after it."""
        self._waiting.append(line)
        self.flush()

    def flush(self) -> None:
        """Hand over what waits."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        left = memoryview(b"".join(waiting))
        while left:  # unbuffered, a pipe may take less than all
            left = left[self._file.write(left) :]
        self._file.flush()

    debug = info
    warning = warn = critical = fatal = exception = msg = log = error
