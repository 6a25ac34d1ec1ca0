"""Whoever can be identified learns who they are here, what they may do and where, what to try next, and nothing more."""

import time
from typing import Any
from uuid import UUID

import pytest

from services.gateway.deciding import allowed
from services.gateway.domain.roles import ROLES as STAFF_ROLES
from services.gateway.route import PARAMETER
from services.gateway.routes import ROUTES
from services.gateway.routes.me import who_am_i
from shared.contracts.actor import Actor, Grant, GrantKind, Kind
from shared.contracts.gateway.me import MeView
from tests.support.gateway import Gateway

ROLES = sorted(STAFF_ROLES)


def me(*roles: str) -> Any:
    return Gateway().ask("GET", "/v1/me", roles=roles).json


@pytest.mark.parametrize("role", ROLES)
def test_everybody_is_shown_what_they_may_do_and_where(role: str) -> None:
    told = me(role)

    addresses = {(found["operation"], found["method"], found["path"]) for found in told["may"]}
    assert addresses <= {(r.operation, r.method, PARAMETER.sub(r"{\1}", r.path)) for r in ROUTES}
    assert told["operations"] == sorted(operation for operation, _, _ in addresses)
    somebody = Actor(id=UUID(int=1), kind=Kind.STAFF, roles=(role,), department="city.permits")
    assert set(told["operations"]) == {r.operation for r in ROUTES if allowed(somebody, r.service, r.operation)}
    MeView.model_validate(told)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_is_shown_a_few_steps_that_are_open_to_them(role: str) -> None:
    told = me(role)

    assert 1 <= len(told["next"]) <= 5
    places = {(found["method"], found["path"]) for found in told["may"]}
    assert {(step["method"], step["path"]) for step in told["next"]} <= places


def test_what_ones_role_is_for_comes_first() -> None:
    assert me("auditor")["next"][0]["path"] == "/v1/audit/entries"
    assert me("case_designer")["next"][0]["path"] == "/v1/case_types"
    assert me("caseworker")["next"][0]["path"] == "/v1/cases"
    assert me("citizen")["next"][0]["title"] == "See where your cases stand"


def test_somebody_learns_for_whom_they_act_and_how_much_was_granted() -> None:
    somebody = Actor(
        id=UUID(int=1),
        kind=Kind.STAFF,
        roles=("caseworker",),
        department="city.permits",
        on_behalf_of=UUID(int=2),
        scopes=("cases",),
        grants=(Grant(kind=GrantKind.SPECIFIC, resource=UUID(int=3), role="decision_maker"),),
    )

    told = who_am_i(somebody, ROUTES)

    assert (told["on_behalf_of"], told["scopes"], told["grants"]) == (str(UUID(int=2)), ["cases"], 1)
    assert {"casework", "self_service"} <= set(told["purposes"])


def test_what_was_told_to_one_is_not_told_to_another() -> None:
    gateway = Gateway()
    first = gateway.ask("GET", "/v1/me", roles=("agent",)).json
    second = gateway.ask("GET", "/v1/me", roles=("auditor",)).json

    assert first["id"] != second["id"]
    assert first["operations"] != second["operations"]
    assert gateway.ask("GET", "/v1/me", roles=("agent",)).json == first


@pytest.mark.parametrize("role", ["agent", "auditor", "citizen", "administrator"])
def test_the_api_as_somebody_may_use_it(role: str) -> None:
    gateway = Gateway()
    told = gateway.ask("GET", "/v1/me", roles=(role,)).json
    document = gateway.ask("GET", "/v1/openapi.json", roles=(role,)).json

    described = {found["operationId"] for methods in document["paths"].values() for found in methods.values()}
    assert described == set(told["operations"])
    everything = gateway.ask("GET", "/openapi.json", token="").json
    assert described < {found["operationId"] for methods in everything["paths"].values() for found in methods.values()}


def test_the_api_of_nobody_is_not_described() -> None:
    assert Gateway().ask("GET", "/v1/openapi.json", token="").status == 401


def test_who_one_is_costs_less_than_half_a_millisecond_to_say() -> None:
    somebody = Actor(id=UUID(int=1), kind=Kind.STAFF, roles=("caseworker",), department="city.permits")
    who_am_i(somebody, ROUTES)
    begun = time.process_time()
    for number in range(200):
        who_am_i(somebody.model_copy(update={"purpose": ("casework", "oversight")[number % 2]}), ROUTES)

    assert (time.process_time() - begun) / 200 < 500e-6
