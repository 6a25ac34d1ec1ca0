"""Moments that somebody states: none leads beyond the years that everybody here can read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import TypeAdapter, ValidationError

import shared.contracts.gateway as contracts
from services.gateway.route import Route
from services.gateway.routes import ROUTES
from shared.contracts.base import FIRST, LAST, Moment, Request
from tests.support.gateway import Gateway

BEYOND = (
    "9999-12-31T23:59:59-05:00",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59+23:59",
    "2200-01-01T00:00:00.000001Z",
    "2199-12-31T23:00:00-02:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "1799-12-31T23:59:59Z",
    "1800-01-01T00:00:00+00:01",
)
OFFSETS = some.integers(-1_439, 1_439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def requests() -> Iterator[type[Request[Any]]]:
    for module in iter_modules(contracts.__path__, f"{contracts.__name__}."):
        for found in vars(import_module(module.name)).values():
            if isinstance(found, type) and issubclass(found, Request) and found.__module__ == module.name:
                yield found


def stated() -> list[tuple[Route, str]]:
    """Every route of the gateway's own by which somebody states a moment, and the field."""
    return [
        (route, name)
        for route in ROUTES
        if route.service == "gateway"
        for name, field in route.request.model_fields.items()
        if "datetime" in f"{field.annotation} {field.metadata}".lower()
    ]


@given(some.datetimes(timezones=OFFSETS))
def test_a_moment_is_refused_or_can_be_told_everywhere(moment: datetime) -> None:
    try:
        read: datetime = TypeAdapter(Moment).validate_json(f'"{moment.isoformat()}"')
    except ValidationError:
        assert not FIRST <= moment <= LAST
    else:
        assert FIRST <= read <= LAST
        assert (read, read.tzinfo) == (moment, UTC)


@pytest.mark.parametrize("asked", list(requests()), ids=lambda asked: asked.__name__)
def test_no_request_takes_a_moment_without_bounds(asked: type[Request[Any]]) -> None:
    for field in asked.model_fields.values():
        adapter: TypeAdapter[Any] = TypeAdapter(Annotated[field.annotation, "", *field.metadata])  # type: ignore[arg-type]  # made from what is declared
        if "date-time" in str(adapter.json_schema()):
            for said in BEYOND:
                with pytest.raises(ValidationError):
                    adapter.validate_json(f'"{said}"')


@pytest.mark.parametrize("said", BEYOND)
@pytest.mark.parametrize(("route", "field"), stated(), ids=lambda one: getattr(one, "operation", one))
def test_what_lies_beyond_is_refused_before_anybody_is_asked(route: Route, field: str, said: str) -> None:
    gateway = Gateway()
    path = route.path.partition("{")[0] + "019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d10" + route.path.partition("}")[2]
    reply = gateway.ask(
        route.method,
        path if "{" in route.path else route.path,
        roles=("administrator", "security_officer", "team_lead", "agent"),
        body={**route.example, field: said},
        headers={"if-match": '"v1"'} if route.if_match else {},
    )
    assert reply.status == 422, reply.body
    assert field in reply.body.decode()
    assert gateway.owners.asked == []


def test_somebody_states_moments() -> None:
    assert {(route.operation, field) for route, field in stated()} == {
        ("assign_role", "begins_at"),
        ("assign_role", "ends_at"),
        ("grant_mandate", "begins_at"),
        ("grant_mandate", "ends_at"),
        ("delegate_duties", "begins_at"),
        ("delegate_duties", "ends_at"),
        ("register_client", "expires_at"),
        ("amend_client", "expires_at"),
        ("add_client_key", "expires_at"),
    }
