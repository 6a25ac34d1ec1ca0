"""Errors cross the wire as one of six kinds, a code and details, whatever subclass raised them."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Final
from uuid import UUID

import orjson
import pytest

import services
import shared
from shared.errors import KINDS, Conflict, Invalid, ServiceError, Stale, Unavailable, kind_of
from shared.rpc.wire import error_from_wire, error_to_wire

PATCHES_EVERYTHING: Final = "shared.rpc.process"


def modules(package: ModuleType) -> Iterator[str]:
    """Every module that may define an error."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if found.name != PATCHES_EVERYTHING and ".migrations" not in found.name:
            yield found.name


def every_error() -> list[type[ServiceError]]:
    """All errors of the suite."""
    for package in (services, shared):
        for name in modules(package):
            importlib.import_module(name)
    found: list[type[ServiceError]] = []
    left = [ServiceError]
    while left:
        error = left.pop()
        left += error.__subclasses__()
        if error is not ServiceError and error.__module__.startswith(("services.", "shared.")):
            found.append(error)
    return sorted(set(found), key=lambda e: (e.__module__, e.__name__))


ERRORS: Final = every_error()


def instance(error: type[ServiceError]) -> ServiceError:
    """One, as far as its own constructor's needs are not looked at: the wire only sees message, code, details."""
    made = error.__new__(error)
    ServiceError.__init__(made, "What was wrong, and what to do.", at="/name", ids=[1, None])
    return made


def across(error: ServiceError) -> ServiceError:
    return error_from_wire(json.loads(orjson.dumps(error_to_wire(error))))


@pytest.mark.parametrize("error", ERRORS, ids=lambda e: f"{e.__module__}.{e.__name__}")
def test_an_error_arrives_as_its_kind_with_its_code_and_its_details(error: type[ServiceError]) -> None:
    sent = instance(error)
    arrived = across(sent)
    assert type(arrived) is kind_of(sent)
    assert type(arrived) in KINDS
    assert (arrived.message, arrived.error_code) == (sent.message, error.code)
    assert arrived.details == {"at": "/name", "ids": [1, None]}


@pytest.mark.parametrize("error", ERRORS, ids=lambda e: f"{e.__module__}.{e.__name__}")
def test_an_error_is_exactly_one_kind_and_speaks_to_a_person(error: type[ServiceError]) -> None:
    assert len([kind for kind in KINDS if issubclass(error, kind)]) == 1
    first_line = (error.__doc__ or "").strip().splitlines()[0]
    assert first_line.endswith((".", ":")), "the docstring's first line is what people read: write a sentence"


def test_no_code_means_two_things() -> None:
    by_code: dict[str, set[str]] = {}
    for error in ERRORS:
        by_code.setdefault(error.code, set()).add(kind_of(instance(error)).__name__)
    assert {code: kinds for code, kinds in by_code.items() if len(kinds) > 1} == {}


def test_a_subclass_that_says_no_code_of_its_own_keeps_its_parents() -> None:
    class Nameless(Conflict):
        """Nothing of its own."""

    assert across(Nameless()).error_code == "conflict"


def test_a_stale_version_travels_as_a_conflict() -> None:
    arrived = across(Stale())
    assert type(arrived) is Conflict
    assert arrived.error_code == "stale"


def test_details_become_plain_json() -> None:
    arrived = across(Invalid(id=UUID(int=7), fields=("a", "b")))
    assert arrived.details == {"id": str(UUID(int=7)), "fields": ["a", "b"]}


def test_details_may_use_the_constructors_own_words() -> None:
    error = Invalid(errors=[{"pointer": "/code", "detail": "is missing"}])
    assert across(error).details == {"errors": [{"pointer": "/code", "detail": "is missing"}]}


@pytest.mark.parametrize(
    "frame",
    [
        {"exc_type": "ValueError", "exc_path": "builtins.ValueError", "exc_args": ["boom"], "value": "boom"},
        {"exc_type": "ServiceError", "exc_args": []},
        {},
    ],
)
def test_what_is_none_of_the_six_kinds_is_the_callees_fault(frame: dict[str, object]) -> None:
    arrived = error_from_wire(frame)
    assert type(arrived) is Unavailable
    assert arrived.error_code == "callee_failed"
    assert "boom" not in arrived.message


def test_the_frame_is_what_any_nameko_client_reads() -> None:
    assert error_to_wire(Invalid("Give a name.", code="contacts.nameless", pointer="/name")) == {
        "exc_type": "Invalid",
        "exc_path": "shared.errors.Invalid",
        "exc_args": ["Give a name.", "contacts.nameless", {"pointer": "/name"}],
        "value": "Give a name.",
    }
