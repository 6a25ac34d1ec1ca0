"""The sink as it is really run: mail by SMTP, pages by HTTP, and failing in the ways a sender must survive."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

DEADLINE = 20.0


@dataclass
class Sink:
    """One running sink, as senders and testers see it."""

    process: subprocess.Popen[bytes]
    smtp_port: int
    http: httpx.Client

    def send(self, number: int = 1, *, to: str = "ann@example.org", timeout: float = 10.0) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=timeout) as server:
            server.send_message(letter(number, to))

    def fail(self, mode: str, **more: Any) -> None:
        self.http.post("/faults", json={"mode": mode, **more}).raise_for_status()

    def counts(self) -> dict[str, int]:
        return dict(self.http.get("/counts").json())


def letter(number: int, to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "city@example.org", to, f"Letter {number}, Grüße"
    message["Message-ID"] = f"<{number}@example.org>"
    message.set_content("Your permit is ready.\n")
    return message


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Sink]:
    smtp_port, page_port = free_ports()
    own = {"TELLUS_RUN_DIR": str(folder), "SINK_SMTP_PORT": str(smtp_port), "SINK_PAGE_PORT": str(page_port)}
    command = [sys.executable, "-m", "deploy.local.sink"]
    with (
        subprocess.Popen(command, env={**os.environ, **own, **settings}, stdout=subprocess.DEVNULL) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{page_port}", timeout=10, trust_env=False) as http,
    ):
        try:
            wait_until_ready(process, http)
            yield Sink(process, smtp_port, http)
        finally:
            process.kill()


def wait_until_ready(process: subprocess.Popen[bytes], http: httpx.Client) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the sink ended before it was ready"
        try:
            if http.get("/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"the sink was not ready within {DEADLINE:.0f} s")


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with running(tmp_path) as started:
        yield started


def test_a_mail_sent_can_be_read(sink: Sink) -> None:
    sink.send()
    items = sink.http.get("/messages", params={"to": "ann@example.org"}).json()["items"]
    found = sink.http.get(f"/messages/{items[0]['id']}").json()
    assert found["subject"] == "Letter 1, Grüße"
    assert found["text"] == "Your permit is ready.\r\n"
    assert found["identity"] == "<1@example.org>"
    page = sink.http.get("/")
    assert "Letter 1, Grüße" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_mail_sent_twice_is_counted(sink: Sink) -> None:
    for number in (1, 1, 2):
        sink.send(number)
    assert sink.counts()["duplicates"] == 1


def test_mails_survive_a_kill(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        first.send()
        first.process.kill()
        first.process.wait(DEADLINE)
    with running(tmp_path) as second:
        assert second.counts()["emails"] == 1


def test_it_ends_cleanly_when_told_to(sink: Sink) -> None:
    sink.send()
    sink.process.send_signal(signal.SIGTERM)
    assert sink.process.wait(DEADLINE) == 0


@pytest.mark.parametrize(("mode", "code"), [("reject", 550), ("tempfail", 451)])
def test_a_refused_mail_is_not_kept_and_the_next_one_is(sink: Sink, mode: str, code: int) -> None:
    sink.fail(mode, **{"for": 1})
    with pytest.raises(smtplib.SMTPDataError) as refused:
        sink.send()
    assert refused.value.smtp_code == code
    assert sink.counts()["emails"] == 0
    sink.send()
    assert sink.counts()["emails"] == 1


def test_a_dropped_connection_leaves_the_sender_unsure_and_the_mail_kept(sink: Sink) -> None:
    sink.fail("drop_after_data", **{"for": 1})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        sink.send()
    assert sink.counts()["emails"] == 1
    sink.send(2)
    assert sink.counts() == sink.counts() | {"emails": 2, "duplicates": 0}


def test_a_slow_answer_outlasts_an_impatient_sender_and_the_mail_is_kept(sink: Sink) -> None:
    sink.fail("slow", **{"for": 1, "seconds": 5})
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        sink.send(timeout=0.5)
    assert sink.counts()["emails"] == 1
    sink.send(2)


def test_a_dropped_sms_leaves_the_sender_unsure_and_the_sms_kept(sink: Sink) -> None:
    sink.fail("drop_after_data", **{"for": 1})
    with pytest.raises(httpx.RemoteProtocolError):
        sink.http.post("/sms", json={"to": "+31612345678", "text": "Hello", "reference": "r1"})
    assert sink.counts()["sms"] == 1


def test_a_mail_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with running(tmp_path, SINK_LARGEST_MESSAGE="1000") as small:
        big = letter(1, "ann@example.org")
        big.set_content("x" * 70 + "\n" + ("y" * 70 + "\n") * 100)
        with smtplib.SMTP("127.0.0.1", small.smtp_port, timeout=10) as server, pytest.raises(smtplib.SMTPException):
            server.send_message(big)
        assert small.counts()["emails"] == 0


def test_it_keeps_up_with_a_campaign(sink: Sink) -> None:
    def send(part: int) -> None:
        with smtplib.SMTP("127.0.0.1", sink.smtp_port, timeout=30) as server:
            for number in range(part * 150, (part + 1) * 150):
                server.send_message(letter(number, f"citizen{number}@example.org"))

    started = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    took = time.monotonic() - started
    assert sink.counts() == sink.counts() | {"emails": 600, "duplicates": 0}
    # The target is 300 a second on an idle machine; half of it leaves room for a busy one.
    assert 600 / took > 150


def raw(sink: Sink, request: bytes) -> bytes:
    with socket.create_connection((sink.http.base_url.host, sink.http.base_url.port or 0), timeout=5) as caller:
        caller.sendall(request)
        return caller.recv(100)


@pytest.mark.parametrize(
    "head",
    [
        b"POST /sms HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /sms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /sms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /sms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: rebound.evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"PUT /faults HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
    ],
)
def test_unclear_requests_and_other_hosts_are_refused(sink: Sink, head: bytes) -> None:
    answer = raw(sink, head)
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501"))
    assert sink.http.get("/readyz").is_success


def test_it_refuses_to_listen_to_others_and_says_why(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "deploy.local.sink"],
        env={**os.environ, "TELLUS_RUN_DIR": str(tmp_path), "SINK_HOST": "0.0.0.0"},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert ended.returncode == 2
    assert "listens only on loopback" in ended.stderr
    assert "Traceback" not in ended.stderr
