"""Somebody who listens where a gateway would, and keeps what is posted."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit


class Listener(HTTPServer):
    """Answers 200 to every POST."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        super().__init__((parts.hostname or "", parts.port or 0), _Handler)
        self.heard: queue.Queue[tuple[str, dict[str, list[str]]]] = queue.Queue()

    def next(self, *, seconds: float = 10) -> tuple[str, dict[str, list[str]]]:
        """The path and the form of the next POST; raises `queue.Empty` where none comes."""
        return self.heard.get(timeout=seconds)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        cast("Listener", self.server).heard.put((self.path, parse_qs(body)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def listening(address: str) -> Iterator[Listener]:
    """Somebody listens there."""
    server = Listener(address)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
