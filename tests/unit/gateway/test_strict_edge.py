"""The outermost layer: one reading of every request, and of its headers only those that are read."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from services.gateway.edge.forwarding import CLIENT
from services.gateway.edge.headers import READ
from services.gateway.edge.problem import Problem
from services.gateway.edge.strict import StrictEdge
from tests.support.gateway import settings_for_tests

Headers = tuple[tuple[bytes, bytes], ...]
HOST = (b"host", b"tellus.test")
JSON_LENGTH = (b"content-length", b"2")


class Passed:
    """What is behind the edge: remembers the scope, reads what comes, answers 200."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.scope: dict[str, Any] | None = None
        self.then = then
        self.read: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        self.then()
        more = scope["method"] == "POST"
        while more:
            message = await receive()
            self.read.append(message.get("body", b""))
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


def ask(
    passed: Passed,
    *headers: tuple[bytes, bytes],
    method: str = "GET",
    path: bytes = b"/v1/me",
    query: bytes = b"",
    receive: Any = None,
    peer: str = "127.0.0.1",
    **settings: Any,
) -> tuple[int, dict[bytes, bytes], bytes]:
    """The answer to one request that only the edge may have looked at."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def nothing() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    scope = {
        "type": "http",
        "method": method,
        "path": path.decode("latin-1"),
        "raw_path": path,
        "query_string": query,
        "headers": list(headers),
        "client": (peer, "4711"),
    }
    edge = StrictEdge(passed, settings=settings_for_tests(**settings))
    asyncio.run(edge(scope, receive or nothing, send))
    start, body = sent
    return start["status"], dict(start["headers"]), body["body"]


def test_only_headers_that_are_read_pass() -> None:
    passed = Passed()
    unread = ((b"x-user-id", b"root"), (b"nameko.user_id".replace(b"_", b"-"), b"1"), (b"x-forwarded-for", b"10.0.0.1"))

    status, *_ = ask(passed, HOST, (b"authorization", b"Bearer x"), *unread, (b"X-HTTP-Method-Override", b"DELETE"))

    assert status == 200
    assert passed.scope is not None
    assert passed.scope["headers"] == (HOST, (b"authorization", b"Bearer x"))


def test_no_header_that_could_claim_an_identity_is_read() -> None:
    assert not [name for name in READ if name.startswith((b"x-", b"nameko", b"forwarded", b"via")) or b"_" in name]


REFUSED: dict[str, tuple[Headers, int, str]] = {
    "no Host": ((), 400, "framing.host"),
    "two Hosts": ((HOST, HOST), 400, "framing.host"),
    "a Host with a path": (((b"host", b"a/b"),), 400, "framing.host"),
    "an underscore": ((HOST, (b"x_user_id", b"root")), 400, "framing.header_name"),
    "two lengths": ((HOST, JSON_LENGTH, JSON_LENGTH), 400, "framing.two_lengths"),
    "a length and chunks": ((HOST, JSON_LENGTH, (b"transfer-encoding", b"chunked")), 400, "framing.two_lengths"),
    "another coding": ((HOST, (b"transfer-encoding", b"gzip, chunked")), 400, "framing.transfer_coding"),
    "no length": ((HOST, (b"content-length", b"+2")), 400, "framing.length"),
    "a body on a GET": ((HOST, JSON_LENGTH), 400, "framing.unexpected_body"),
    "a compressed body": ((HOST, (b"content-encoding", b"br")), 415, "unsupported_media_type"),
    "too many headers": ((HOST, *(((b"a", b"b"),) * 64)), 431, "headers_too_large"),
    "too large headers": ((HOST, (b"a", b"b" * 16_384)), 431, "headers_too_large"),
}


@pytest.mark.parametrize(("headers", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_can_be_read_in_two_ways_is_refused_and_ends_the_connection(
    headers: Headers, status: int, code: str
) -> None:
    passed = Passed()

    answered, sent, body = ask(passed, *headers)

    assert (answered, orjson.loads(body)["code"]) == (status, code)
    assert sent[b"content-type"] == b"application/problem+json"
    assert sent[b"x-content-type-options"] == b"nosniff"
    assert sent.get(b"connection") == (b"close" if status in {400, 431} else None)
    assert passed.scope is None


@pytest.mark.parametrize("path", [b"*", b"", b"tellus.test:443"])
def test_a_target_that_is_no_path_is_refused(path: bytes) -> None:
    assert ask(Passed(), HOST, path=path)[0] == 400


@pytest.mark.parametrize(
    "path", [b"//", b"/v1//me", b"/./v1", b"/..", b"/v1/..", b"/%41", b"/a;b", b"/a\\b", b"/\xc3\xa9", b"/a b", b"/a/"]
)
def test_an_address_has_one_spelling(path: bytes) -> None:
    assert ask(Passed(), HOST, path=path)[0] == 404


@pytest.mark.parametrize(
    "path", [b"/", b"/v1/me", b"/v1/a.b/c-d_e~f", b"/problems/not_found", b"/a..b", b"/.well-known/x"]
)
def test_a_plain_address_passes(path: bytes) -> None:
    assert ask(Passed(), HOST, path=path)[0] == 200


@pytest.mark.parametrize("query", [b"a=1&a=2", b"a=1&%61=2", b"a&a", b"a+b=1&a%20b=2"])
def test_a_parameter_given_twice_is_refused_without_being_named(query: bytes) -> None:
    status, _, body = ask(Passed(), HOST, query=query)

    assert (status, b"place 2" in body) == (422, True)


def test_a_query_has_only_so_many_parameters_and_bytes() -> None:
    assert ask(Passed(), HOST, query=b"&".join(b"a%d" % number for number in range(33)))[0] == 400
    assert ask(Passed(), HOST, query=b"a=" + b"x" * 9_000)[0] == 414


def test_another_name_than_ours_is_misdirected() -> None:
    named: dict[str, Any] = {"hosts": ("tellus.test",)}

    assert ask(Passed(), HOST, **named)[0] == 200
    assert ask(Passed(), (b"host", b"TELLUS.test:8443"), **named)[0] == 200
    status, sent, body = ask(Passed(), (b"host", b"canary-4711.test"), **named)
    assert (status, sent[b"connection"]) == (421, b"close")
    assert b"canary" not in body


def test_a_failure_in_any_layer_is_a_problem_without_a_word_about_it() -> None:
    def fail() -> None:
        raise RuntimeError("canary-4711")

    status, sent, body = ask(Passed(fail), HOST)

    assert (status, orjson.loads(body)["code"]) == (500, "failed")
    assert sent[b"content-type"] == b"application/problem+json"
    assert b"canary" not in body


def test_a_body_that_dribbles_is_not_waited_for() -> None:
    async def dribble() -> Any:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"a", "more_body": True}

    seen: list[Problem] = []

    class Reading(Passed):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            try:
                await super().__call__(scope, receive, send)
            except Problem as problem:
                seen.append(problem)
                await send({"type": "http.response.start", "status": 408, "headers": []})
                await send({"type": "http.response.body", "body": b""})

    passed = Reading()
    length = (b"content-length", b"1000")
    pace: dict[str, Any] = {"body_grace_seconds": 0.1, "body_rate": 1_000}

    assert ask(passed, HOST, length, method="POST", receive=dribble, **pace)[0] == 408
    assert 1 < len(passed.read) < 20
    assert [problem.slug for problem in seen] == ["too_slow"]


def test_a_body_that_keeps_the_pace_may_take_as_long_as_it_needs() -> None:
    pieces = 30

    async def steady() -> Any:
        nonlocal pieces
        pieces -= 1
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"a" * 100, "more_body": pieces > 0}

    passed = Passed()
    length = (b"content-length", b"3000")
    pace: dict[str, Any] = {"body_grace_seconds": 0.1, "body_rate": 1_000}

    assert ask(passed, HOST, length, method="POST", receive=steady, **pace)[0] == 200
    assert len(b"".join(passed.read)) == 3_000


def test_the_same_client_has_the_same_digest_and_no_address_leaves_the_edge() -> None:
    passed = Passed()
    digests = []
    for peer in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        ask(passed, HOST, peer=peer)
        assert passed.scope is not None
        digests.append(passed.scope[CLIENT])

    assert digests[0] == digests[1] != digests[2]
    assert not any("192" in digest for digest in digests)
