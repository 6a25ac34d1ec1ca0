"""The table of routes says enough about every route, and a process with one that does not never starts."""

from dataclasses import replace
from typing import get_args

import pytest

from services.gateway.personal import FIELDS
from services.gateway.route import Route, RouteIncomplete, Subjects
from services.gateway.routes import ROUTES, check
from services.gateway.settings import Issuer, Settings
from shared.authz.sources import actions_of
from shared.contracts.base import Request
from shared.contracts.contacts.rpc import ContactView, GetContact, RegisterContact
from shared.contracts.gateway.rpc import ClientView, MeView, TeamView
from shared.contracts.notifications.rpc import TemplateView
from tests.support.gateway import ISSUER, settings_for_tests

GET_CONTACT = next(route for route in ROUTES if route.request is GetContact)
REGISTER = next(route for route in ROUTES if route.request is RegisterContact)
SOUNDS_PERSONAL = {"name", "email", "phone", "address", "body", "comment", "data", "contact_id", "resource"}


class Unheard(Request[ContactView], service="contacts"):
    """No policy knows this."""


def test_the_table_is_complete() -> None:
    check(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_route_is_an_action_of_its_owners_policies(route: Route) -> None:
    assert route.operation in actions_of(route.service)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_example_fits_its_contract(route: Route) -> None:
    view = route.item.model_validate(route.answer, strict=False)
    assert set(route.answer) == set(route.item.model_fields)
    assert view.model_dump(mode="json")
    if route.method != "GET" and route.sent:
        assert set(route.example) <= set(route.sent)


@pytest.mark.parametrize("view", FIELDS, ids=lambda view: view.__name__)
def test_every_field_that_sounds_personal_is_marked(view: type) -> None:
    texts = SOUNDS_PERSONAL & set(view.model_fields)  # type: ignore[attr-defined]
    # a text with gaps, about nobody; the caller, shown to themselves; the names of a team and of a system
    if view not in {TemplateView, MeView, TeamView, ClientView}:
        assert texts <= FIELDS[view]
    assert FIELDS[view] <= set(view.model_fields)  # type: ignore[attr-defined]


PLANTED = {
    "no action": replace(GET_CONTACT, request=Unheard, path="/v1/unheard"),
    "nobody's data": replace(GET_CONTACT, subjects=None),
    "a subject that is no field": replace(GET_CONTACT, subjects=Subjects(fields=("whose",))),
    "a subject that was not asked for": replace(GET_CONTACT, subjects=Subjects(asked="whose")),
    "a parameter that is no field": replace(GET_CONTACT, path="/v1/contacts/{id:id}"),
    "a GET that writes": replace(REGISTER, method="GET"),
    "a change without a version": replace(REGISTER, method="PATCH"),
    "a version that the request lacks": replace(REGISTER, if_match=True),
    "an answer of nobody's": replace(REGISTER, answered_here=lambda *_: {}),
}


@pytest.mark.parametrize("route", PLANTED.values(), ids=PLANTED.keys())
def test_a_route_that_declares_too_little_stops_the_start(route: Route) -> None:
    with pytest.raises(RouteIncomplete):
        check((route,))


def test_two_routes_are_never_one() -> None:
    with pytest.raises(RouteIncomplete, match="twice"):
        check((GET_CONTACT, GET_CONTACT))


def test_every_operation_has_one_name_from_route_to_table() -> None:
    names = [route.operation for route in ROUTES]

    assert len(names) == len(set(names))
    assert "register_contact" in names


def test_no_issuer_is_no_gateway() -> None:
    with pytest.raises(ValueError, match="at least one issuer"):
        settings_for_tests(issuers=())
    with pytest.raises(ValueError, match="twice"):
        settings_for_tests(issuers=(Issuer(issuer=ISSUER), Issuer(issuer=ISSUER)))


def test_one_issuer_can_be_named_in_short() -> None:
    settings = settings_for_tests(issuers=(), issuer="http://127.0.0.1:18010")

    assert [(issuer.issuer, issuer.kind) for issuer in settings.issuers] == [("http://127.0.0.1:18010", "by_role")]
    assert get_args(Settings.model_fields["issuers"].annotation)[0] is Issuer
