"""An issuer is asked at exactly its address, for a small document, in a short time; anything else leaves what is known."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import orjson
import pytest

from services.gateway.adapters import issuer_doors
from services.gateway.adapters.issuer_doors import HttpDoors
from services.gateway.adapters.issuer_keys import IssuerAnswerUnusable, fetch_keys
from services.gateway.identity.keys import IssuerUnreachable
from services.gateway.settings import Issuer

JWKS = orjson.dumps({"keys": []})


class Answers:
    """What a loopback server says at each path: a status, headers, a body."""

    def __init__(self) -> None:
        self.at: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.address = ""

    def describe(self, **changes: Any) -> None:
        described = {
            "issuer": self.address,
            "jwks_uri": f"{self.address}/jwks",
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
        }
        self.at["/.well-known/openid-configuration"] = (200, {}, orjson.dumps(described | changes))


@contextmanager
def answering() -> Iterator[Answers]:
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.asked.append(self.path)
            status, headers, body = answers.at.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answers.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield answers
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def answers() -> Iterator[Answers]:
    with answering() as found:
        found.describe()
        found.at["/jwks"] = (200, {}, JWKS)
        yield found


def issuer(answers: Answers) -> Issuer:
    return Issuer(issuer=answers.address)


def test_keys_are_found_by_discovery(answers: Answers) -> None:
    assert asyncio.run(fetch_keys(issuer(answers))) == JWKS


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, b"x" * 10_000_000),
        (302, {"location": "/elsewhere"}, b""),
        (500, {}, JWKS),
        (204, {}, b""),
    ],
    ids=["10 MB", "a redirect", "a failure", "nothing"],
)
def test_keys_of_any_other_shape_are_none(answers: Answers, answer: tuple[int, dict[str, str], bytes]) -> None:
    answers.at["/jwks"], answers.at["/elsewhere"] = answer, (200, {}, JWKS)

    with pytest.raises((IssuerAnswerUnusable, httpx.HTTPError)):
        asyncio.run(fetch_keys(issuer(answers)))
    assert "/elsewhere" not in answers.asked


@pytest.mark.parametrize(
    "changes", [{"issuer": "https://other.test"}, {"jwks_uri": "file:///etc/passwd"}, {"jwks_uri": 1}]
)
def test_a_document_that_speaks_of_something_else_is_none(answers: Answers, changes: dict[str, Any]) -> None:
    answers.describe(**changes)

    with pytest.raises(IssuerAnswerUnusable):
        asyncio.run(fetch_keys(issuer(answers)))


def test_an_issuer_is_described_once_for_many_who_ask(answers: Answers) -> None:
    async def many() -> None:
        doors = HttpDoors()
        found = await asyncio.gather(*(doors.endpoints(issuer(answers)) for _ in range(50)))
        assert {one.token for one in found} == {f"{answers.address}/token"}
        assert {one.end_session for one in found} == {None}

    asyncio.run(many())
    assert len(answers.asked) == 1


@pytest.mark.parametrize(
    "changes",
    [{"issuer": "https://other.test"}, {"token_endpoint": "javascript:x"}, {"authorization_endpoint": None}],
)
def test_an_issuer_described_wrongly_cannot_be_reached(answers: Answers, changes: dict[str, Any]) -> None:
    answers.describe(**changes)

    with pytest.raises(IssuerUnreachable):
        asyncio.run(HttpDoors().endpoints(issuer(answers)))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((200, {}, b"<html>"), (200, None)),
        ((400, {}, b'{"error": "invalid_grant"}'), (400, {"error": "invalid_grant"})),
        ((302, {"location": "/jwks"}, b""), (302, None)),
        ((200, {}, b'{"a": 1, "a": 2}'), (200, None)),
    ],
)
def test_a_token_endpoint_is_read_strictly(answers: Answers, answer: Any, told: tuple[int, Any]) -> None:
    answers.at["/token"] = answer

    assert asyncio.run(HttpDoors().post(f"{answers.address}/token", {"a": "b"}, {})) == told
    assert answers.asked == ["/token"]


@pytest.mark.parametrize("answer", [(500, {}, b"{}"), (429, {}, b"{}"), (200, {}, b"x" * 1_000_000)])
def test_a_token_endpoint_that_fails_is_away_and_has_not_refused(answers: Answers, answer: Any) -> None:
    answers.at["/token"] = answer

    with pytest.raises(IssuerUnreachable):
        asyncio.run(HttpDoors().post(f"{answers.address}/token", {}, {}))


def test_many_who_wait_for_an_issuer_that_never_answers_wait_no_longer_than_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(issuer_doors, "SECONDS", 0.4)

    async def many(port: int) -> float:
        doors, silent = HttpDoors(), Issuer(issuer=f"http://127.0.0.1:{port}")
        begun = time.monotonic()
        found = await asyncio.gather(*(doors.endpoints(silent) for _ in range(40)), return_exceptions=True)
        assert {type(one) for one in found} == {IssuerUnreachable}
        return time.monotonic() - begun

    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert asyncio.run(many(listening.getsockname()[1])) < 2


def test_an_issuer_that_nobody_listens_for_is_unreachable_soon() -> None:
    nowhere = Issuer(issuer="http://127.0.0.1:1")
    with pytest.raises(IssuerUnreachable):
        asyncio.run(asyncio.wait_for(HttpDoors().endpoints(nowhere), timeout=8))
