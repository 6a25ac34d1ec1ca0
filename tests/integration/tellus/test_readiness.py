"""What is not ready is named with the reason and its last words, and nobody waits for what cannot become ready."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local import places as places_module
from deploy.local import readiness as readiness_module
from deploy.local.places import Places
from deploy.local.ports import Ports
from deploy.local.readiness import NotReadyError, readiness, wait_until_ready
from deploy.local.suite import Process


class _Probed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()
        self.wfile.write(b"" if self.path == "/readyz" else b"store")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Probed) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setattr(places_module, "OUTSIDE", tmp_path)
    found = Places(tmp_path / "run", Ports(18000))
    found.make()
    (found.logs / "relay.log").write_text("first\nthe store is gone\n")
    return found


def process(ready_url: str) -> Process:
    return Process("relay", "service", ("true",), 1, ready_url=ready_url)


def test_a_process_that_says_so_is_ready(address: str, places: Places) -> None:
    wait_until_ready(places, [process(f"{address}/readyz")], seconds=5, ended=list)


def test_a_process_that_is_not_ready_says_why(address: str) -> None:
    assert readiness(process(f"{address}/other")) == "answered 503: store"


def test_waiting_ends_with_the_reason_and_the_last_lines_of_the_log(address: str, places: Places) -> None:
    with pytest.raises(NotReadyError, match=r"relay: answered 503: store\n.*\n    the store is gone"):
        wait_until_ready(places, [process(f"{address}/other")], seconds=0.3, ended=list)


def test_nobody_waits_for_what_keeps_ending(address: str, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness_module, "_SETTLED_SECONDS", 0.0)
    with pytest.raises(NotReadyError, match="Not ready after 0 s"):
        wait_until_ready(places, [process(f"{address}/other")], seconds=60, ended=lambda: ["relay"])
