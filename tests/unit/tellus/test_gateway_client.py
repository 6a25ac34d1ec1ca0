"""A request is repeated under its own key until it is answered, and not one time more."""

import asyncio
from typing import Any

import httpx
import pytest

from deploy.local.identity.flows import NoToken
from tellus import gateway as module
from tellus.gateway import Gateway, GaveUp, Refused

OK = httpx.Response(201, json={"id": "1"})


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "detail": "Because.", **more})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.002)


def post(*answers: httpx.Response | Exception, patience: float = 5) -> tuple[Any, list[httpx.Request], Gateway]:
    asked: list[httpx.Request] = []
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return found

    async def run() -> Any:
        async with client:
            return await client.post("/v1/cases", {"a": 1}, key="k", version=3)

    client = Gateway("http://gateway", lambda: "t", patience=patience, transport=httpx.MockTransport(answer))
    try:
        return asyncio.run(run()), asked, client
    except (Refused, GaveUp) as error:
        return error, asked, client


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
        problem(503, "unavailable"),
        problem(429, "too_many"),
        httpx.Response(502, text="<html>"),
        problem(409, "idempotency.in_flight"),
        problem(409, "busy"),
        problem(401, "unauthenticated"),
    ],
    ids=str,
)
def test_what_may_pass_is_tried_again_the_same(fault: httpx.Response | Exception) -> None:
    answer, asked, client = post(fault, OK)
    assert answer == {"id": "1"}
    assert len(asked) == 2
    assert {(r.headers["idempotency-key"], r.headers["if-match"], r.content) for r in asked} == {
        ("k", '"v3"', b'{"a":1}')
    }
    assert asked[0].headers["authorization"] == "Bearer t"
    assert sum(client.measured.retries.values()) == 1
    assert len(client.measured.seconds) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "malformed"),
        (403, "policy"),
        (404, "cases.unknown"),
        (409, "cases.illegal_step"),
        (412, "stale"),
        (422, "x"),
    ],
)
def test_a_final_word_is_final(status: int, code: str) -> None:
    answer, asked, _ = post(problem(status, code, details={"legal": ["a"]}, errors=[{"pointer": "/x", "detail": "no"}]))
    assert len(asked) == 1
    assert isinstance(answer, Refused)
    assert (answer.status, answer.code, answer.details) == (status, code, {"legal": ["a"]})
    assert str(answer) == f"Because. /x no ({status} {code})"


def test_a_token_that_stays_refused_is_not_tried_for_ever() -> None:
    answer, asked, _ = post(problem(401, "unauthenticated"))
    assert isinstance(answer, Refused)
    assert len(asked) == 2


def test_patience_ends() -> None:
    answer, asked, _ = post(httpx.ConnectError("refused"), patience=0.05)
    assert isinstance(answer, GaveUp)
    assert len(asked) > 3
    assert "ConnectError" in str(answer)


def test_percentiles_are_of_what_was_answered() -> None:
    measured = module.Measured(seconds=[n / 1000 for n in range(1, 101)])
    assert (measured.percentile(0.5), measured.percentile(0.95), measured.percentile(0.99)) == (51.0, 96.0, 100.0)
    assert module.Measured().percentile(0.5) is None


def ask_twice(*tokens: str | NoToken, patience: float = 5) -> tuple[Any, list[str], Gateway]:
    left, shown = list(tokens), []

    def token() -> str:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, NoToken):
            raise found
        return found

    def answer(request: httpx.Request) -> httpx.Response:
        shown.append(request.headers["authorization"])
        return OK

    async def run() -> Any:
        async with client:
            await client.get("/v1/cases")
            return await client.get("/v1/cases")

    client = Gateway("http://gateway", token, patience=patience, transport=httpx.MockTransport(answer))
    try:
        return asyncio.run(run()), shown, client
    except NoToken as error:
        return error, shown, client


def test_a_token_that_cannot_be_renewed_for_a_while_is_waited_for() -> None:
    gone = NoToken("No identity provider answers.")
    answer, shown, client = ask_twice("one", gone, gone, "two")
    assert answer == {"id": "1"}
    assert shown == ["Bearer one", "Bearer two"]
    assert client.measured.retries == {"no token": 2}


def test_a_token_that_is_never_renewed_is_told_when_patience_ends() -> None:
    gone = NoToken("No identity provider answers.")
    answer, shown, client = ask_twice("one", gone, patience=0.05)
    assert answer is gone
    assert shown == ["Bearer one"]
    assert client.measured.retries["no token"] > 3


def test_who_cannot_sign_in_at_all_is_told_at_once() -> None:
    stranger = NoToken("Nobody here is called 'x'.")
    answer, shown, client = ask_twice(stranger)
    assert answer is stranger
    assert (shown, client.measured.retries) == ([], {})
