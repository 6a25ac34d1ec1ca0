"""However often answers are lost, every trace goes in once, in its order."""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellus import gateway as module
from tellus.commands.cases import Survey, _summary
from tellus.gateway import Gateway, Refused
from tellus.replaying import Plan, Replayed, replay
from tellus.xes.log import Happening, Trace

START = datetime(2020, 1, 1, tzinfo=UTC)
CODES = {"Ask": "ask", "Give": "give"}


class Suite:
    """A gateway in memory that keeps answers by their keys, and loses requests and answers on the way."""

    def __init__(self, seed: int = 0, loss: float = 0.0) -> None:
        self._random, self._loss = random.Random(seed), loss
        self.answers: dict[str, httpx.Response] = {}
        self.contacts: dict[str, str] = {}
        self.cases: dict[str, list[dict[str, Any]]] = {}
        self.transport = httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self._random.random() < self._loss:
            raise httpx.ConnectError("lost on the way there")
        answer = self._once(request)
        if self._random.random() < self._loss:
            raise httpx.ReadError("lost on the way back")
        return answer

    def _once(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"items": self.cases[request.url.path.split("/")[3]], "next": None})
        key = request.headers["idempotency-key"]
        if key not in self.answers:
            found = self._do(request.url.path, json.loads(request.content), request.headers.get("if-match"))
            if not found.is_success:
                return found
            self.answers[key] = found
        return self.answers[key]

    def _do(self, path: str, body: dict[str, Any], tag: str | None) -> httpx.Response:
        name = body.get("external_reference", "")
        if path == "/v1/contacts":
            if name in self.contacts:
                return httpx.Response(
                    409, json={"code": "contacts.exists", "details": {"contact_id": self.contacts[name]}}
                )
            self.contacts[name] = f"contact-{name}"
            return httpx.Response(201, json={"id": self.contacts[name]})
        if path == "/v1/cases":
            if name in self.cases:
                details = {"case_id": name, "version": len(self.cases[name])}
                return httpx.Response(409, json={"code": "cases.exists", "details": details})
            self.cases[name] = [{"from_state": None, "event": "opened"}]
            return httpx.Response(201, json={"id": name, "version": 1})
        steps = self.cases[path.split("/")[3]]
        if tag != f'"v{len(steps)}"':
            return httpx.Response(412, json={"code": "stale"})
        step = {"event": body["event"], "resource": body.get("resource"), "occurred_at": body["occurred_at"]}
        steps.append(step | {"from_state": "in"})
        return httpx.Response(201, json={"version": len(steps)})


TRACES = [
    Trace(
        f"t{n}",
        tuple(
            Happening("Ask" if m % 2 else "Give", START + timedelta(hours=m), f"r{m}" if m % 3 else None)
            for m in range(n)
        ),
        line=n,
    )
    for n in range(6)
]


def send(suite: Suite, traces: list[Trace] = TRACES, **changes: Any) -> Replayed:
    plan = Plan(**({"digest": "d", "case_type": "small", "codes": CODES, "source": "old"} | changes))

    async def run() -> Replayed:
        async with Gateway("http://g", lambda: "t", patience=30, transport=suite.transport) as gateway:
            return await replay(traces, plan, gateway, clients=3, progress=lambda _: None)

    return asyncio.run(run())


@pytest.fixture(autouse=True, scope="module")
def impatient() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FIRST_WAIT", 0.0001)
        patch.setattr(module, "LONGEST_WAIT", 0.001)
        yield


def walked(suite: Suite) -> dict[str, list[str]]:
    return {name: [step["event"] for step in steps if step["from_state"]] for name, steps in suite.cases.items()}


EXPECTED = {trace.name: [CODES[happening.activity] for happening in trace.happenings] for trace in TRACES}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([0.0, 0.1, 0.4]))
def test_nothing_is_lost_and_nothing_doubled_on_a_bad_line(seed: int, loss: float) -> None:
    suite = Suite(seed, loss)
    result = send(suite)
    assert walked(suite) == EXPECTED
    assert (result.traces, result.failed) == (6, [])
    assert len(suite.contacts) == 6


def test_sending_the_same_again_changes_nothing() -> None:
    suite = Suite()
    send(suite)
    again = send(suite)
    assert walked(suite) == EXPECTED
    assert again.traces == 6


def test_what_is_answered_as_before_is_summed_up_as_answered_and_not_as_new() -> None:
    suite = Suite()
    send(suite)
    told = _summary(Survey(6, 15, {}, []), send(suite), Gateway("http://g", lambda: "t"))
    assert (told["cases_answered"], told["steps_answered"]) == (6, 15)
    assert not [name for name in told if "opened" in name or "taken" in name]


def test_what_was_begun_is_finished_even_when_the_keys_are_forgotten() -> None:
    suite = Suite()
    send(suite, [Trace(trace.name, trace.happenings[:2], line=trace.line) for trace in TRACES])
    suite.answers.clear()
    rest = send(suite)
    assert walked(suite) == EXPECTED
    assert (rest.known_cases, rest.known_steps, rest.steps) == (6, 9, 6)


def test_a_case_of_the_same_name_with_other_steps_is_left_alone() -> None:
    suite = Suite()
    other = Trace("t5", (Happening("Ask", START + timedelta(days=9)),))
    send(suite, [other])
    suite.answers.clear()
    result = send(suite)
    assert walked(suite)["t5"] == ["ask"]
    assert result.failed == ["t5 (line 5): case t5 has this reference, but other steps"]
    assert result.traces == 5


def test_who_may_not_replay_is_told_at_once() -> None:
    suite = Suite()
    refusal = httpx.Response(403, json={"code": "policy", "detail": "None of your roles allows it."})
    suite.transport = httpx.MockTransport(lambda _: refusal)
    with pytest.raises(Refused) as error:
        send(suite)
    assert error.value.status == 403
