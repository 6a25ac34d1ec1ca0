"""Who am I here, what may I do, what should I try next; and the API as I may use it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from services.gateway.deciding import allowed
from services.gateway.describing.document import document_of
from services.gateway.next_steps import next_steps
from services.gateway.route import PARAMETER, Route
from shared.contracts.actor import Actor
from shared.contracts.gateway.me import DescribeApi, WhoAmI


def who_am_i(actor: Actor, table: Sequence[Route]) -> Mapping[str, Any]:
    """The caller as policies see them."""
    return _known(actor, tuple(table))


def describe_api(actor: Actor, table: Sequence[Route]) -> Mapping[str, Any]:
    """The document of what the caller may ask for."""
    return _described(_open_to(actor, tuple(table)))


@lru_cache(maxsize=4_096)
def _known(actor: Actor, table: tuple[Route, ...]) -> Mapping[str, Any]:
    routes = _open_to(actor, table)
    return {
        "id": str(actor.id),
        "kind": actor.kind.value,
        "roles": list(actor.roles),
        "department": actor.department,
        "assurance": actor.assurance,
        "contact_id": str(actor.contact_id) if actor.contact_id else None,
        "operations": [route.operation for route in routes],
        "on_behalf_of": str(actor.on_behalf_of) if actor.on_behalf_of else None,
        "scopes": list(actor.scopes),
        "grants": len(actor.grants),
        "purposes": sorted({route.purpose for route in routes}),
        "may": [{"operation": r.operation, "method": r.method, "path": _written(r)} for r in routes],
        "next": [
            {"title": step.title, "method": step.route.method, "path": _written(step.route)}
            for step in next_steps(actor, routes)
        ],
    }


def _open_to(actor: Actor, table: tuple[Route, ...]) -> tuple[Route, ...]:
    mine = (route for route in table if allowed(actor, route.service, route.operation))
    return tuple(sorted(mine, key=lambda route: route.operation))


@lru_cache(maxsize=64)
def _described(routes: tuple[Route, ...]) -> Mapping[str, Any]:
    return document_of(routes)


def _written(route: Route) -> str:
    return PARAMETER.sub(r"{\1}", route.path)


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/me",
        request=WhoAmI,
        purpose="self_service",
        answered_here=who_am_i,
        answer={
            "id": "019c1f0e-0000-7000-8000-000000000001",
            "kind": "staff",
            "roles": ["caseworker"],
            "department": "city.permits",
            "assurance": "aal1",
            "contact_id": None,
            "operations": ["get_contact", "open_case", "take_case_event", "who_am_i"],
            "on_behalf_of": None,
            "scopes": [],
            "grants": 0,
            "purposes": ["casework", "self_service", "service_delivery"],
            "may": [{"operation": "list_cases", "method": "GET", "path": "/v1/cases"}],
            "next": [{"title": "See your cases", "method": "GET", "path": "/v1/cases"}],
        },
    ),
    Route(
        method="GET",
        path="/v1/openapi.json",
        request=DescribeApi,
        purpose="self_service",
        answered_here=describe_api,
        answer={
            "openapi": "3.1.0",
            "info": {"title": "Tellus", "version": "1.0.0"},
            "servers": [{"url": "/"}],
            "security": [{"bearer": []}, {"session": []}],
            "tags": [],
            "paths": {},
            "components": {},
        },
    ),
)
