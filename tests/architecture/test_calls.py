"""One class is one RPC: it has one handler, one use case and one action in its service's policies."""

import ast
import importlib
import inspect
import re
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.contracts.language import requests
from shared.authz.sources import schema_of, text_of
from shared.contracts.base import Request
from tests.architecture.sources import ROOT, dotted

ANSWERED_AT_THE_EDGE: Final = {
    "who_am_i": "the gateway knows who asks; no other service is asked",
    "describe_api": "a document made from the gateway's own table of routes",
    "list_purposes": "a list that stands in the contracts",
}
RPCS: Final = [request for request in requests() if request.method not in ANSWERED_AT_THE_EDGE]
WRITES: Final = [request for request in RPCS if request.writes]


def use_case_of(request: type[Request[Any]]) -> Path:
    """The file of a use case, in the folder of its noun where there are many."""
    found = list((ROOT / "services" / request.service / "application").rglob(f"{request.method}.py"))
    assert len(found) == 1, f"{request.method}.py: a use case is a file of its own, found {found}"
    return found[0]


def handlers(request: type[Request[Any]]) -> list[str]:
    """The methods that answer a request, of all nameko classes of its service."""
    module = importlib.import_module(f"services.{request.service}.service")
    classes = [c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == module.__name__]
    return [
        f"{c.__name__}.{name}"
        for c in classes
        for name, method in vars(c).items()
        if getattr(method, "answers", None) is request
    ]


@pytest.mark.parametrize("request_class", RPCS, ids=lambda r: r.__name__)
def test_every_request_has_exactly_one_handler(request_class: type[Request[Any]]) -> None:
    assert len(handlers(request_class)) == 1


@pytest.mark.parametrize("request_class", RPCS, ids=lambda r: r.__name__)
def test_one_name_goes_from_the_class_to_the_use_case(request_class: type[Request[Any]]) -> None:
    use_case = use_case_of(request_class)
    defined = [node.name for node in ast.parse(use_case.read_text()).body if isinstance(node, ast.FunctionDef)]
    assert request_class.method in defined


@pytest.mark.parametrize("request_class", WRITES, ids=lambda r: r.__name__)
def test_every_write_keeps_its_answer_with_its_command(request_class: type[Request[Any]]) -> None:
    use_case = use_case_of(request_class)
    called = {dotted(node.func) for node in ast.walk(ast.parse(use_case.read_text())) if isinstance(node, ast.Call)}
    assert "work.reply" in called, f"{request_class.method} is a write: a repeated call must be answered as the first"


@pytest.mark.parametrize("request_class", requests(), ids=lambda r: r.__name__)
def test_every_request_is_an_action_that_policies_know(request_class: type[Request[Any]]) -> None:
    assert f'"{request_class.method}"' in schema_of(request_class.service)
    assert f'Action::"{request_class.method}"' in text_of(request_class.service)


@pytest.mark.parametrize("request_class", requests(), ids=lambda r: r.__name__)
def test_every_request_says_what_it_promises(request_class: type[Request[Any]]) -> None:
    said = inspect.cleandoc(vars(request_class).get("__doc__") or "")
    assert re.match(r"[A-Z].*[.:]", said), "write the promise in the docstring: it is the documentation of the call"


@pytest.mark.parametrize("request_class", requests(), ids=lambda r: r.__name__)
def test_every_request_is_in_the_service_that_answers_it(request_class: type[Request[Any]]) -> None:
    home = importlib.import_module(f"shared.contracts.{request_class.service}.rpc")
    assert vars(home)[request_class.__name__] is request_class
    assert request_class.__module__.startswith(f"shared.contracts.{request_class.service}.")


@pytest.mark.parametrize("request_class", requests(), ids=lambda r: r.__name__)
def test_lists_are_pages_with_a_cap(request_class: type[Request[Any]]) -> None:
    paged = "Page[" in str(request_class.reply.__name__)
    assert paged == ("cursor" in request_class.model_fields)
    if paged:
        schema = request_class.model_json_schema()["properties"]["limit"]
        assert schema["maximum"] <= 100
