"""Every use case that a call reaches asks who may: none answers because the gateway let somebody in."""

import ast
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.contracts.language import requests
from shared.contracts.base import Request
from tests.architecture.sources import ROOT, dotted

OWNERS: Final = ("contacts", "cases", "notifications", "audit")
ASKS: Final = {"require", "decide", "knock"}
RPCS: Final = [request for request in requests() if request.service in OWNERS]


@pytest.mark.parametrize("request_class", RPCS, ids=lambda request: request.__name__)
def test_every_use_case_asks_the_policies_inside_its_transaction(request_class: type[Request[Any]]) -> None:
    assert _asks(ROOT / "services" / request_class.service / "application" / f"{request_class.method}.py")


def test_a_use_case_that_asks_nobody_would_be_found(tmp_path: Path) -> None:
    planted = tmp_path / "get_thing.py"
    planted.write_text(
        "def get_thing(request, *, unit_of_work):\n    with unit_of_work() as work:\n        return work\n"
    )
    assert not _asks(planted)


def _asks(file: Path) -> bool:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.With):
            inside = [part for part in ast.walk(node) if isinstance(part, ast.Attribute)]
            if any(part.attr in ASKS and "permissions" in dotted(part) for part in inside):
                return True
    return False
