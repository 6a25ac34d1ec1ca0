"""Every route says who may, whose data it shows and what it does twice: nothing is reached past a declaration."""

import ast

import pytest

from services.gateway.personal import FIELDS
from services.gateway.route import Route
from services.gateway.routes import ROUTES, check
from services.gateway.settings import Settings
from shared.authz.sources import actions_of
from shared.contracts.base import Request
from tests.architecture.sources import sources

BY_NAME = {route.operation: route for route in ROUTES}
INSIDE = {
    "advance_job",
    "finish_job",
    "take_job",
    "expire_uploads",
    "finish_upload",
    "get_contact_card",
    "list_kept_content",
    "see_cases",
    "see_contacts",
    "see_interactions",
    "see_messages",
}
"""What only services, and the gateway on its own, ask."""


def operations(service: str) -> set[str]:
    """The RPCs of a service, from its contract."""
    return {
        found.method
        for found in Request.__subclasses__()
        for found in found.__subclasses__()
        if found.__module__.startswith("shared.contracts.") and found.service == service
    }


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_route_has_a_policy(route: Route) -> None:
    assert route.operation in actions_of(route.service)


@pytest.mark.parametrize("route", [route for route in ROUTES if FIELDS[route.item]], ids=lambda route: route.operation)
def test_every_answer_about_a_person_says_about_whom(route: Route) -> None:
    assert route.subjects is not None


@pytest.mark.parametrize("service", ["contacts", "cases", "notifications", "audit", "gateway"])
def test_every_rpc_is_a_route_or_for_services_only(service: str) -> None:
    found = operations(service)
    assert found
    assert found - INSIDE <= set(BY_NAME)


def test_the_table_is_checked_before_anything_is_served() -> None:
    check()
    (source,) = (source for source in sources() if source.path == "services/gateway/app.py")
    (made,) = (n for n in source.tree.body if isinstance(n, ast.FunctionDef) and n.name == "create_app")
    first = next(node for node in made.body if not isinstance(getattr(node, "value", None), ast.Constant))
    assert ast.unparse(first) == "routes.check(table)"


def test_the_gateway_trusts_nobody_by_default() -> None:
    assert Settings.model_fields["issuers"].default == ()
    assert Settings.model_fields["issuer"].default is None
