"""No RPC inside a transaction: while another service thinks, nothing is locked and no connection is held."""

import ast
from collections.abc import Iterator, Sequence
from typing import Final

import pytest

from tests.architecture.sources import Source, dotted, sources

OPENERS: Final = {"UnitOfWork"}
ASKING_PORTS: Final = {("cases", "ContactCards")}
"""The ports behind which another service is asked, by service: found below, named here so that none is overlooked."""


def methods(node: ast.ClassDef) -> set[str]:
    return {item.name for item in node.body if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")}


def classes(files: Sequence[Source]) -> Iterator[ast.ClassDef]:
    return (node for source in files for node in source.tree.body if isinstance(node, ast.ClassDef))


def asks(adapter: ast.ClassDef) -> bool:
    """Whether an adapter is given something to call other services with."""
    given = [argument for item in adapter.body if isinstance(item, ast.FunctionDef) for argument in item.args.args]
    return any(argument.annotation and dotted(argument.annotation).endswith("Caller") for argument in given)


def asking_ports(service: str, files: Sequence[Source]) -> set[str]:
    """The Protocols of a service that an adapter implements by asking another service."""
    adapters = [c for c in classes([s for s in files if f"services/{service}/adapters/" in s.path]) if asks(c)]
    ports = classes([s for s in files if s.path == f"services/{service}/application/ports.py"])
    return {port.name for port in ports for adapter in adapters if methods(port) and methods(port) <= methods(adapter)}


def tools(function: ast.FunctionDef, kinds: set[str]) -> set[str]:
    """The parameters of a use case that are of these ports."""
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return {a.arg for a in every if a.annotation and dotted(a.annotation) in kinds}


def misused(function: ast.FunctionDef, ports: set[str]) -> Iterator[ast.AST]:
    """Where a use case asks inside a transaction, or lets the tool out of sight where it might."""
    asking, opening = tools(function, ports), tools(function, OPENERS)
    called = {
        id(node.func.value)
        for node in _at_once(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    inside = {
        id(node)
        for block in ast.walk(function)
        if isinstance(block, ast.With) and any(_names(item.context_expr) & opening for item in block.items)
        for node in ast.walk(block)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in asking and (id(node) in inside or id(node) not in called):
            yield node


def _names(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def _at_once(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What runs where it stands: not the bodies of functions that may be called later."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            waiting.extend(ast.iter_child_nodes(node))


def violations(files: Sequence[Source]) -> list[str]:
    """Every place where a use case of any service asks while a transaction is open, or might."""
    found = []
    for service in sorted(
        {s.path.split("/")[1] for s in files if s.path.startswith("services/") and "/" in s.path[9:]}
    ):
        ports = asking_ports(service, files)
        for source in files:
            if source.path.startswith(f"services/{service}/application/"):
                for node in ast.walk(source.tree):
                    if isinstance(node, ast.FunctionDef):
                        found += [source.at(place) for place in misused(node, ports)]
    return found


def test_no_use_case_asks_another_service_inside_a_transaction() -> None:
    assert violations(sources()) == []


def test_every_port_behind_which_a_service_asks_is_known() -> None:
    services = {source.path.split("/")[1] for source in sources() if source.path.startswith("services/")}
    assert {(s, port) for s in services for port in asking_ports(s, sources())} == ASKING_PORTS


def test_work_inside_a_transaction_has_nothing_to_ask_with() -> None:
    attributes = {
        (source.path.split("/")[1], dotted(item.annotation))
        for source in sources()
        if source.path.endswith("/application/ports.py")
        for node in classes([source])
        if node.name == "Work"
        for item in node.body
        if isinstance(item, ast.AnnAssign)
    }
    assert attributes
    assert attributes & ASKING_PORTS == set()


PORTS: Final = """
class ContactCards(Protocol):
    def details(self, contact_id): ...
"""
CLIENT: Final = """
class RpcContactCards:
    def __init__(self, caller: Caller) -> None: ...
    def details(self, contact_id): return self._caller.call(contact_id)
"""
USE_CASE: Final = """
def open_case(request, *, unit_of_work: UnitOfWork, contacts: ContactCards):
    {before}
    with {opened} as work:
        {inside}
"""


def project(before: str = "pass", opened: str = "unit_of_work()", inside: str = "pass") -> list[Source]:
    use_case = USE_CASE.format(before=before, opened=opened, inside=inside)
    files = {"application/ports.py": PORTS, "adapters/contacts_client.py": CLIENT, "application/open_case.py": use_case}
    return [Source(f"services/cases/{path}", text, ast.parse(text)) for path, text in files.items()]


def test_asking_before_the_transaction_is_what_is_wanted() -> None:
    assert violations(project(before="card = contacts.details(request.contact_id)", inside="work.add(card)")) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"inside": "contacts.details(request.contact_id)"},
        {"inside": "work.add(known(contacts, request))"},
        {"inside": "work.add([contacts.details(id) for id in request.ids])"},
        {"opened": "unit_of_work.reading()", "inside": "contacts.details(request.contact_id)"},
        {"opened": "nullcontext(), unit_of_work()", "inside": "contacts.details(request.contact_id)"},
        {"before": "ask = contacts.details", "inside": "ask(request.contact_id)"},
        {"before": "ask = lambda: contacts.details(request.contact_id)", "inside": "ask()"},
    ],
    ids=str,
)
def test_a_planted_violation_is_found(planted: dict[str, str]) -> None:
    assert violations(project(**planted)) != []
