"""Sends bytes as they are and reads what comes back, byte by byte accounted for."""

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

QUIET_SECONDS: Final = 0.2
"""How long nothing must come before nothing more is expected of a connection that stays open."""
PATIENCE_SECONDS: Final = 10.0


@dataclass(frozen=True)
class RawAnswer:
    """One answer on a connection."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Exchange:
    """Everything that came back, and whether the other side then closed."""

    answers: tuple[RawAnswer, ...]
    closed: bool
    rest: bytes
    """What was no whole answer."""


class Connection:
    """A connection on which anything can be said."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS, (source, 0))
        self._heard = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def say(self, sent: bytes) -> None:
        """Say it, and listen for nothing."""
        self._socket.sendall(sent)

    def exchange(self, sent: bytes, *, expected: int) -> Exchange:
        """Say it; listen until as many answers as expected have come, and then whether more does."""
        with suppress(OSError):  # it may be refused before all of it was sent; the answer may have come
            self._socket.sendall(sent)
        answers: list[RawAnswer] = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        closed = False
        while not closed and time.monotonic() < deadline:
            self._socket.settimeout(QUIET_SECONDS if len(answers) >= expected else PATIENCE_SECONDS)
            try:
                piece = self._socket.recv(65_536)
            except TimeoutError:
                break
            except ConnectionResetError:
                piece = b""
            closed = not piece
            self._heard += piece
            while (found := self._next()) is not None:
                answers.append(found)
        return Exchange(tuple(answers), closed, self._heard)

    def _next(self) -> RawAnswer | None:
        head, blank, rest = self._heard.partition(b"\r\n\r\n")
        if not blank:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status, length = int(first.split(" ")[1]), int(headers.get("content-length", "0"))
        if len(rest) < length:
            return None
        self._heard = rest[length:]
        return RawAnswer(status, headers, rest[:length])
