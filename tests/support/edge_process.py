"""The gateway's HTTP face as a process: the real listener and the real layers; owners, issuer and record in memory.

It notes in a file which requests got as far as the routes, and with which headers.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import uvloop
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.edge.bounds import Bounds
from services.gateway.processes.listening import allow_files, listener
from shared.contracts.base import Request
from shared.observability import logs
from tests.support.gateway import Gateway, MemoryOwners, documented_answer, settings_for_tests
from tests.support.processes import ROOT, free_port

START_SECONDS = 30.0


class Seen:
    """A layer behind the edge: notes what it is asked."""

    def __init__(self, app: ASGIApp, *, file: TextIO) -> None:
        self._app, self._file = app, file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note it, pass it on."""
        names = sorted(name.decode() for name, _ in scope["headers"])
        self._file.write(json.dumps({"asked": f"{scope['method']} {scope['path']}", "headers": names}) + "\n")
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class EdgeProcess:
    """A running one."""

    port: int
    pid: int
    seen_in: Path
    token: str

    log: Path

    def seen(self) -> list[dict[str, Any]]:
        """What has got as far as the routes so far."""
        return [found for found in self._noted() if "asked" in found]

    def called(self) -> list[str]:
        """What owner services have been asked to do so far."""
        return [found["called"] for found in self._noted() if "called" in found]

    def _noted(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.seen_in.read_text().splitlines()]


@contextmanager
def edge_process(folder: Path, **settings: Any) -> Iterator[EdgeProcess]:
    """One that runs while the block lasts."""
    seen_in, told = folder / "seen.jsonl", folder / "token"
    seen_in.touch()
    port = free_port()
    given = json.dumps({"port": port, "connections": 4_096, "quotas": {"scale": 1_000}} | settings)
    command = [sys.executable, "-m", "tests.support.edge_process", str(seen_in), str(told), given]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=dict(os.environ))
    try:
        _await(process, port, folder / "log")
        yield EdgeProcess(port, process.pid, seen_in, told.read_text(), folder / "log")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-4000:]
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no listener within {START_SECONDS} s: {log.read_text()[-4000:]}")


def main() -> None:
    """Serve until killed."""
    seen_in, told, given = sys.argv[1:]
    more = json.loads(given)
    logs.configure("gateway")
    file = Path(seen_in).open("a", buffering=1, encoding="utf-8")  # noqa: SIM115 - open as long as the process lives

    def noted(request: Request[Any]) -> Any:
        file.write(json.dumps({"called": request.method}) + "\n")
        return documented_answer(request)

    gateway = Gateway(owners=MemoryOwners(noted), more=more)
    layers = gateway.app.user_middleware
    behind = next(
        place for place, layer in enumerate(layers, 1) if getattr(layer.cls, "__name__", "") == Bounds.__name__
    )
    layers.insert(behind, Middleware(Seen, file=file))
    settings = settings_for_tests(**more)
    Path(told).write_text(gateway.issuer.token("agent"))
    allow_files(settings.connections)
    uvloop.run(listener(gateway.app, settings).serve())


if __name__ == "__main__":
    main()
