"""`/healthz`, `/readyz` and `/metrics` for every process, workers too, on a listener of their own.

Alive means that the process's own loop turns; ready means that what it depends on answers. A thread serves them, so
the same code works beside asyncio and, monkey-patched, under eventlet.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], bool]
STALE_SECONDS = 15.0


@dataclass
class Health:
    """What a process says of itself. `tick` is called by its loop; `checks` say whether each dependency answers."""

    checks: dict[str, Check] = field(default_factory=dict)
    last_tick: float = field(default_factory=time.monotonic)
    stopping: bool = False

    def tick(self) -> None:
        """The loop turned."""
        self.last_tick = time.monotonic()

    def alive(self) -> bool:
        """Whether the loop turned lately. Never asks a dependency: restarting us would not mend it."""
        return time.monotonic() - self.last_tick < STALE_SECONDS

    def failing(self) -> list[str]:
        """Why this process is not ready; nothing when it is."""
        return (["stopping"] if self.stopping else []) + sorted(n for n, check in self.checks.items() if not check())


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = True


class _Quiet(WSGIRequestHandler):
    timeout = 5

    def log_message(self, format: str, *args: object) -> None:
        """Probes come every few seconds: they are not news."""


def serve(health: Health, host: str, port: int) -> None:
    """Serve the three paths in a daemon thread; nothing where `port` is 0."""
    if not port:
        return

    def application(environ: dict[str, str], start_response: Callable[..., object]) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
            return [generate_latest()]
        if path == "/healthz":
            return _answer(start_response, health.alive(), [] if health.alive() else ["loop"])
        if path == "/readyz":
            failing = health.failing()
            return _answer(start_response, not failing, failing)
        start_response("404 Not Found", [("Content-Type", "application/json")])
        return [b"{}"]

    server = make_server(host, port, application, server_class=_Server, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True, name="health").start()


def _answer(start_response: Callable[..., object], fine: bool, failing: list[str]) -> list[bytes]:
    start_response("200 OK" if fine else "503 Service Unavailable", [("Content-Type", "application/json")])
    return [orjson.dumps({"ok": fine, "failing": failing})]


async def keep_ticking(state: Health) -> None:
    """Tick as long as the asyncio loop turns."""
    while True:
        state.tick()
        await asyncio.sleep(1)
