"""Files through a gateway as it runs: whoever dies meanwhile, a file is the one that was sent, or it is not there."""

import contextlib
import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import psycopg
import pytest

from shared.storage.keys import new_keys
from tests.integration.gateway.test_recording import plain
from tests.support.documents import PDF
from tests.support.issuing import LoopbackIssuer, issuing
from tests.support.processes import Process, Starter, free_port
from tests.support.servers import FreshDatabase, FreshVhost

MEGABYTE = 1_048_576
LONG = PDF + b"%" + os.urandom(12 * MEGABYTE) + b"\n%%EOF\n"


@dataclass
class Running:
    """A gateway that takes in files, and its directory."""

    processes: Starter
    issuer: LoopbackIssuer
    store: FreshDatabase
    environment: Mapping[str, str]
    port: int
    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)
    process: Process | None = None

    def start(self) -> Process:
        """The gateway, ready."""
        self.process = self.processes.start(
            "gateway", "-m", "services.gateway.processes.serve", environment=dict(self.environment)
        ).await_ready()
        return self.process

    def ask(
        self, method: str, path: str, *, role: str = "agent", headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """One request."""
        sent = self.headers(role)
        if method == "POST":
            sent["Idempotency-Key"] = uuid4().hex
        address = f"http://127.0.0.1:{self.port}{path}"
        return httpx.request(method, address, headers=sent | dict(headers or {}), timeout=60, **more)

    def headers(self, role: str = "agent") -> dict[str, str]:
        """Who asks."""
        self.tokens.setdefault(role, self.issuer.token(role))
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def announce(self, content: bytes, **changes: Any) -> str:
        """Where its bytes go."""
        body = {
            "file_name": "Siân's plan.pdf",
            "media_type": "application/pdf",
            "length": len(content),
            "sha256": sha256(content).hexdigest(),
        }
        answer = self.ask("POST", "/v1/uploads", json=body | changes)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    def append(self, place: str, content: bytes, offset: int = 0, *, complete: bool = True) -> httpx.Response:
        """Send these bytes."""
        return self.ask("PATCH", place, headers=said(offset, complete=complete), content=content)

    def offset(self, place: str) -> int:
        """How much has arrived."""
        return int(self.ask("HEAD", place).headers["upload-offset"])

    def begin(self, place: str, content: bytes, *, length: int, offset: int = 0) -> socket.socket:
        """A connection on which a body of this length has begun and is not over."""
        lines = {"Host": "127.0.0.1", "Content-Length": str(length)} | said(offset, complete=True) | self.headers()
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        raw.sendall(f"PATCH {place} HTTP/1.1\r\n{head}\r\n".encode() + content)
        return raw

    def until_arrived(self, place: str, least: int) -> int:
        """How much has arrived once it is at least so much."""
        deadline = time.monotonic() + 20
        while (found := self.offset(place)) < least:
            assert time.monotonic() < deadline, f"{found} of {least} bytes have arrived"
            time.sleep(0.05)
        return found

    def facts(self, key: str) -> list[dict[str, Any]]:
        """What was told."""
        with psycopg.connect(plain(self.store.url)) as connection:
            rows = connection.execute("SELECT body FROM outbox WHERE routing_key = %s ORDER BY id", [key])
            return [json.loads(row[0]) for row in rows]


def said(offset: int, *, complete: bool) -> dict[str, str]:
    return {
        "Content-Type": "application/partial-upload",
        "Upload-Offset": str(offset),
        "Upload-Complete": "?1" if complete else "?0",
    }


@pytest.fixture
def gateway(
    processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase], tmp_path: Path
) -> Iterator[Running]:
    store, port, folder = database("gateway"), free_port(), tmp_path / "files"
    with issuing() as issuer:
        issuers = json.dumps([{"issuer": issuer.address, "kind": "by_role"}])
        environment = {
            "PREFIX": "gateway",
            "GATEWAY_DATABASE_URL": store.url,
            "GATEWAY_AMQP_URL": vhost.amqp_url,
            "GATEWAY_SIGNING_KEY": processes.keys.private["gateway"],
            "GATEWAY_ISSUERS": issuers,
            "GATEWAY_PORT": str(port),
            "GATEWAY_FILES_FOLDER": str(folder),
            "GATEWAY_STORAGE_KEYS": new_keys("2026-11"),
            "GATEWAY_SWEEP_SECONDS": "0.5",
            "GATEWAY_UPLOAD_IDLE_SECONDS": "30",
            "GATEWAY_BODY_GRACE_SECONDS": "2",
        }
        processes.service(
            "services.gateway.service:GatewayService", database_url=store.url, vhost=vhost, issuers=issuers
        )
        running = Running(processes, issuer, store, environment, port, folder)
        running.start()
        yield running


def test_a_large_file_goes_in_and_comes_out_as_it_is(gateway: Running) -> None:
    place = gateway.announce(LONG)
    sent = gateway.append(place, LONG)
    assert (sent.status_code, sent.json()["state"]) == (200, "available")
    had = gateway.ask("GET", f"{place}/content")
    assert (had.status_code, had.content == LONG) == (200, True)
    part = gateway.ask("GET", f"{place}/content", headers={"Range": "bytes=10000000-10000099"})
    assert (part.status_code, part.content) == (206, LONG[10_000_000:10_000_100])
    assert not any(PDF in path.read_bytes() for path in gateway.folder.rglob("*") if path.is_file())
    assert [fact["data"]["media_type"] for fact in gateway.facts("upload.created.v1")] == ["pdf"]
    (accepted,) = gateway.facts("upload.accepted.v1")
    assert sha256(LONG).hexdigest() not in json.dumps(accepted)
    looks = [fact["data"]["operation"] for fact in gateway.facts("data.accessed.v1")]
    assert looks == ["create_upload", "read_upload", "read_upload"]
    assert "plan.pdf" not in json.dumps(gateway.facts("data.accessed.v1") + gateway.facts("upload.created.v1"))


def test_an_upload_goes_on_where_it_was_when_the_gateway_was_killed(gateway: Running) -> None:
    place, at, kills = gateway.announce(LONG), 0, 0
    while at < len(LONG) - 4 * MEGABYTE:
        with gateway.begin(place, LONG[at : at + 3 * MEGABYTE + 4_321], length=len(LONG) - at, offset=at):
            gateway.until_arrived(place, at + 2 * MEGABYTE)
            assert gateway.process is not None
            gateway.process.kill()
        gateway.start()
        kills, found = kills + 1, gateway.offset(place)
        assert found >= at + 2 * MEGABYTE
        at = found
    assert kills >= 3
    assert gateway.append(place, LONG[at:], at).status_code == 200
    assert gateway.ask("GET", f"{place}/content").content == LONG


def test_what_arrived_before_the_client_was_gone_is_kept(gateway: Running) -> None:
    place = gateway.announce(LONG)
    gateway.begin(place, LONG[:1_000_003], length=len(LONG)).close()
    assert gateway.until_arrived(place, 1_000_003) == 1_000_003
    deadline = time.monotonic() + 10
    while (answer := gateway.append(place, LONG[(at := gateway.offset(place)) :], at)).status_code == 409:
        assert answer.json()["code"] in {"storage.busy", "uploads.offset_mismatch"}
        assert time.monotonic() < deadline
    assert answer.status_code == 200
    assert gateway.ask("GET", f"{place}/content").content == LONG


def test_a_second_writer_waits_for_the_first(gateway: Running) -> None:
    place = gateway.announce(LONG)
    with gateway.begin(place, LONG[:MEGABYTE], length=len(LONG)) as first:
        gateway.until_arrived(place, MEGABYTE // 2)
        second = gateway.append(place, LONG[MEGABYTE:], MEGABYTE)
        assert (second.status_code, second.json()["code"]) == (409, "storage.busy")
        first.sendall(LONG[MEGABYTE:])
        answer = http.client.HTTPResponse(first)
        answer.begin()
        assert answer.status == 200
    assert gateway.ask("GET", f"{place}/content").content == LONG


def test_a_body_that_hardly_moves_is_let_go(gateway: Running) -> None:
    place = gateway.announce(LONG)
    with gateway.begin(place, LONG[:1_000], length=len(LONG)) as raw:
        answer = http.client.HTTPResponse(raw)
        answer.begin()
        assert answer.status == 408
    assert gateway.offset(place) == 1_000


def test_a_reader_that_does_not_read_takes_no_memory(gateway: Running) -> None:
    place = gateway.announce(LONG)
    assert gateway.append(place, LONG).status_code == 200
    assert gateway.process is not None
    process = psutil.Process(gateway.process.popen.pid)
    before = process.memory_info().rss
    with contextlib.ExitStack() as open_connections:
        for _ in range(6):
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            raw.connect(("127.0.0.1", gateway.port))
            open_connections.enter_context(raw)
            lines = "".join(f"{name}: {value}\r\n" for name, value in ({"Host": "x"} | gateway.headers()).items())
            raw.sendall(f"GET {place}/content HTTP/1.1\r\n{lines}\r\n".encode())
        deadline, most = time.monotonic() + 5, 0
        while time.monotonic() < deadline:
            most = max(most, process.memory_info().rss - before)
            time.sleep(0.1)
        assert most < 50 * MEGABYTE, f"{most / MEGABYTE:.0f} MB for six readers of {len(LONG) / MEGABYTE:.0f} MB"
    assert gateway.ask("GET", f"{place}/content").content == LONG


def test_what_nobody_goes_on_sending_is_forgotten(gateway: Running) -> None:
    place = gateway.announce(LONG)
    gateway.append(place, LONG[:5_000], complete=False)
    with psycopg.connect(plain(gateway.store.url)) as connection:
        connection.execute("UPDATE upload SET touched_at = now() - interval '1 hour'")
    deadline = time.monotonic() + 20
    while (seen := gateway.ask("GET", place).json())["state"] != "expired":
        assert time.monotonic() < deadline, seen
        time.sleep(0.2)
    assert seen["file_name"] is None
    while list((gateway.folder / "arriving").iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert len(gateway.facts("upload.expired.v1")) == 1


def test_an_upload_answers_nothing_while_its_directory_is_away(gateway: Running) -> None:
    place = gateway.announce(LONG)
    (directory,) = (
        process for process in gateway.processes.started if process.name == "gateway" and process != gateway.process
    )
    directory.popen.send_signal(signal.SIGKILL)
    directory.popen.wait()
    assert gateway.append(place, LONG).status_code == 503
    assert gateway.ask("GET", f"{place}/content").status_code == 503
