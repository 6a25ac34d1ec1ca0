"""The typed client is what its generator makes of the committed document, and asks what the document says."""

import importlib
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import pytest

from clients.python import generate
from clients.python.tellus_client import Refused, Tellus, asking

DOCUMENT: Final = orjson.loads(Path("docs/openapi.json").read_bytes())
PLACE: Final = Path("clients/python/tellus_client")
SPOKEN: Final = {
    described["operationId"]: (method.upper(), path, described)
    for path, methods in DOCUMENT["paths"].items()
    for method, described in methods.items()
    if generate._speaks_json(described)
}
Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer, **more: Any) -> Tellus:
    http = httpx.Client(base_url="http://tellus.test", transport=httpx.MockTransport(answer))
    return Tellus(http, lambda: "a-token", **more)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking.time, "sleep", lambda _: None)  # type: ignore[attr-defined]


def test_generating_it_again_changes_nothing() -> None:
    for name, text in generate.files(DOCUMENT).items():
        assert (PLACE / name).read_text() == text, "run: python -m clients.python.generate"


def test_it_has_a_method_for_every_operation_that_speaks_json() -> None:
    methods = {name for name, _ in inspect.getmembers(Tellus, inspect.isfunction) if not name.startswith("_")}

    assert {name for name in methods if not name.endswith("_all")} == set(SPOKEN)
    assert len(SPOKEN) > 40


@pytest.mark.parametrize("operation", SPOKEN)
def test_every_method_asks_what_the_document_says(operation: str) -> None:
    method, path, described = SPOKEN[operation]
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"items": [], "next": None})

    arguments: dict[str, Any] = {}
    for parameter in described["parameters"]:
        name, place = parameter["name"], parameter["in"]
        if place == "path" or (place == "query" and name != "fields"):
            arguments[name] = 7 if parameter["schema"].get("type") == "integer" else "a b/c"
    if "requestBody" in described:
        arguments["body"] = {"a": 1}
    headers = {parameter["name"] for parameter in described["parameters"] if parameter["in"] == "header"}
    if "If-Match" in headers:
        arguments["seen"] = 3
    if "Idempotency-Key" in headers:
        arguments["idempotency_key"] = "k"

    getattr(client(answer), operation)(**arguments)

    (request,) = asked
    assert request.method == method
    for name in [p["name"] for p in described["parameters"] if p["in"] == "path"]:
        path = path.replace(f"{{{name}}}", "7" if arguments[name] == 7 else "a%20b%2Fc")
    assert request.url.raw_path.decode().partition("?")[0] == path
    queried = {p["name"] for p in described["parameters"] if p["in"] == "query" and p["name"] != "fields"}
    assert set(request.url.params) == queried
    assert request.headers["authorization"] == "Bearer a-token"
    assert ("if-match" in request.headers) == ("If-Match" in headers)
    if "Idempotency-Key" in headers:
        assert request.headers["idempotency-key"] == "k"
    if "requestBody" in described:
        assert json.loads(request.content) == {"a": 1}


def test_a_list_is_read_to_its_end() -> None:
    pages = {None: {"items": [{"id": "a"}], "next": "c1"}, "c1": {"items": [{"id": "b"}], "next": None}}

    found = client(lambda request: httpx.Response(200, json=pages[request.url.params.get("cursor")]))

    assert [case["id"] for case in found.list_cases_all(state="applied")] == ["a", "b"]


def test_a_refusal_says_what_was_wrong() -> None:
    problem = {"detail": "Not now.", "code": "cases.step_illegal", "trace": "abc", "details": {"legal": ["accept"]}}

    with pytest.raises(Refused, match=r"Not now. \(409 cases.step_illegal, trace abc\)") as refused:
        client(lambda _: httpx.Response(409, json=problem)).get_case("x")

    assert (refused.value.status, refused.value.details) == (409, {"legal": ["accept"]})


@pytest.mark.parametrize("trouble", [429, 502, 503, httpx.ConnectError("away"), "in flight"], ids=str)
def test_what_may_succeed_later_is_asked_again_under_the_same_key(trouble: Any) -> None:
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        if len(keys) > 2:
            return httpx.Response(201, json={"id": "1"})
        if isinstance(trouble, Exception):
            raise trouble
        if trouble == "in flight":
            return httpx.Response(409, json={"code": "idempotency.in_flight"})
        return httpx.Response(trouble, headers={"retry-after": "1"}, json={})

    assert client(answer).register_contact({"name": "A"})["id"] == "1"
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_patience_ends() -> None:
    with pytest.raises(Refused) as refused:
        client(lambda _: httpx.Response(503, text="no JSON"), patience=0.0).who_am_i()
    with pytest.raises(httpx.ConnectError):
        client(lambda _: (_ for _ in ()).throw(httpx.ConnectError("away")), patience=0.0).who_am_i()

    assert (refused.value.status, refused.value.code) == (503, "")


def test_it_needs_nothing_but_httpx() -> None:
    for module in ("models", "operations", "asking"):
        source = inspect.getsource(importlib.import_module(f"clients.python.tellus_client.{module}"))
        imported = {
            line.split()[1].partition(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))
        }
        assert imported - {""} <= {
            "__future__",
            "collections",
            "dataclasses",
            "httpx",
            "random",
            "time",
            "typing",
            "urllib",
            "uuid",
        }
