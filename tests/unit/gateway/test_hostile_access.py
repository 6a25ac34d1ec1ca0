"""Hostile ways to reach what is somebody else's: spelled ids, fields nobody offered, doors beside the door."""

from typing import Any

import pytest

from services.gateway.route import Route
from services.gateway.routes import ROUTES
from shared.contracts.contacts.rpc import GetContact
from tests.support.gateway import Gateway

ID = "019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
PLACES = {"contacts": "/v1/contacts/{}", "cases": "/v1/cases/{}", "messages": "/v1/messages/{}"}
MISSPELLED = {
    "without hyphens": ID.replace("-", ""),
    "in braces": f"{{{ID}}}",
    "as a URN": f"urn:uuid:{ID}",
    "with a trailing dot": f"{ID}.",
    "with a space": f"{ID} ",
    "with a leading zero": f"0{ID}",
    "as a number": "1",
    "negative": "-1",
    "in other digits": ID.replace("0", "\u0660"),
    "full-width": ID.replace("a", "\uff41"),
    "as a list": f"[{ID}]",
    "as two": f"{ID},{ID}",
    "with parameters": f"{ID};admin=1",
    "with NUL": f"{ID}\x00",
    "with a suffix": f"{ID}.json",
    "as a wildcard": "*",
    "as a parent": "..",
    "as SQL": f"{ID}' OR '1'='1",
}
SMUGGLED: dict[str, Any] = {
    "id": ID,
    "owner": "me",
    "role": "administrator",
    "roles": ["administrator"],
    "tenant": "other",
    "status": "active",
    "version": 1,
    "hidden": [],
    "department_id": 1,
    "registered_at": "2026-11-21T09:40:00Z",
    "created_at": "2026-11-21T09:40:00Z",
    "recorded_by": ID,
    "actor": ID,
    "__proto__": {"admin": True},
    "constructor": {"prototype": {}},
    "_method": "DELETE",
    "is_admin": True,
}
WRITES = [
    route for route in ROUTES if route.example and not route.raw_body and route.method in ("POST", "PATCH", "PUT")
]


def address(route: Route) -> str:
    path = route.path
    for kind, value in (("id", ID), ("code", "building_permit"), ("number", "1")):
        for name in route.path_parameters:
            path = path.replace(f"{{{name}:{kind}}}", value)
    return path


@pytest.mark.parametrize("spelled", MISSPELLED.values(), ids=MISSPELLED.keys())
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_an_id_has_one_spelling(place: str, spelled: str) -> None:
    gateway = Gateway()
    reply = gateway.ask("GET", place.format(spelled), roles=("agent",))
    assert reply.status in (400, 404)
    assert gateway.owners.asked == []


def test_capitals_are_the_same_id_and_nobody_elses() -> None:
    gateway = Gateway()
    assert gateway.ask("GET", f"/v1/contacts/{ID.upper()}", roles=("agent",)).status == 200
    (asked,) = gateway.owners.asked
    assert isinstance(asked.request, GetContact)
    assert str(asked.request.contact_id) == ID


@pytest.mark.parametrize("wrapped", [[ID], {"id": ID}, {"$eq": ID}, 7, True, None, f"{ID} ", [[ID]], ""])
@pytest.mark.parametrize("field", ["contact_id"])
def test_an_id_in_a_body_is_a_text_and_nothing_around_it(field: str, wrapped: object) -> None:
    gateway = Gateway()
    reply = gateway.ask("POST", "/v1/cases", roles=("agent",), body={"case_type": "building_permit", field: wrapped})
    assert reply.status == 422
    assert gateway.owners.asked == []


@pytest.mark.parametrize("name", SMUGGLED)
@pytest.mark.parametrize("route", WRITES, ids=lambda route: route.operation)
def test_a_field_that_nobody_offered_is_refused(route: Route, name: str) -> None:
    if name in route.sent:
        pytest.skip(f"{route.operation} offers {name}")
    gateway = Gateway()
    reply = gateway.ask(
        route.method,
        address(route),
        token=gateway.issuer.token(*EVERY_ROLE, acr="aal2"),
        body=dict(route.example) | {name: SMUGGLED[name]},
        headers={"If-Match": '"v1"'},
    )
    assert reply.status in (403, 422), "a role that may not is told so first"
    assert gateway.owners.asked == []


EVERY_ROLE = (
    "agent", "caseworker", "team_lead", "decision_maker", "case_designer", "knowledge_editor", "campaign_officer",
    "records_officer", "privacy_officer", "security_officer", "auditor", "administrator",
)  # fmt: skip
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method")


@pytest.mark.parametrize("header", OVERRIDES)
def test_a_header_makes_no_other_method_of_a_request(header: str) -> None:
    gateway = Gateway()
    gateway.ask("GET", f"/v1/contacts/{ID}", roles=("auditor",), headers={header: "PATCH", "If-Match": '"v1"'})
    assert [type(asked.request) for asked in gateway.owners.asked] == [GetContact]


@pytest.mark.parametrize(
    "path",
    [
        f"/v0/contacts/{ID}", f"/V1/contacts/{ID}", f"/v1//contacts/{ID}", f"//v1/contacts/{ID}", f"/v1/contacts/{ID}/",
        f"/v1/./contacts/{ID}", f"/v1/cases/../contacts/{ID}", f"/v1/contacts;x=1/{ID}", f"/contacts/{ID}",
        f"/v1/Contacts/{ID}", f"/internal/contacts/{ID}", f"/v1/contacts/{ID}/card", "/v1/contacts", "/rpc/get_contact",
        f"/v1/contacts%2f{ID}", f"/v1/contacts/{ID}%00", "/admin", "/metrics",
    ],
)  # fmt: skip
def test_there_is_no_door_beside_the_door(path: str) -> None:
    gateway = Gateway()
    reply = gateway.ask("GET", path, roles=("administrator",))
    assert reply.status in (400, 404, 405)
    assert gateway.owners.asked == []


@pytest.mark.parametrize("method", ["get", "Get", "TRACE", "CONNECT", "PROPFIND", "DELETE", "PUT", "OPTIONS"])
def test_a_method_in_other_letters_or_of_others_reaches_nobody(method: str) -> None:
    gateway = Gateway()
    reply = gateway.ask(method, f"/v1/contacts/{ID}", roles=("agent",))
    assert reply.status in (204, 400, 403, 405, 501)
    assert gateway.owners.asked == []


def test_a_head_is_decided_and_recorded_like_its_get() -> None:
    gateway = Gateway()
    assert gateway.ask("HEAD", f"/v1/contacts/{ID}", roles=("agent",)).body == b""
    assert len(gateway.record.events) == 1
    refused = Gateway()
    assert refused.ask("HEAD", f"/v1/contacts/{ID}", roles=("knowledge_editor",)).status == 403
    assert refused.owners.asked == []
