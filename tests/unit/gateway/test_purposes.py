"""Why somebody asks: registered, obeyed by the policies, kept on the record."""

import re

import pytest

from services.gateway.routes import ROUTES
from shared.authz.decisions import policies_of
from shared.authz.model import Resource
from shared.authz.sources import services, text_of
from shared.contracts.actor import Actor, Kind
from shared.contracts.gateway.events import AccessDenied, DataAccessed, PolicyErred
from shared.contracts.purposes import CASE, CONTACT, INTERACTION, MESSAGE, PEOPLE, REGISTRY, Purpose
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from tests.support.gateway import Gateway, MemoryOwners

ID = "019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
CONTACT_PATH = f"/v1/contacts/{ID}"
LOOKS = {
    CONTACT: ("contacts", "get_contact", "Contact"),
    INTERACTION: ("contacts", "see_interaction", "Interaction"),
    CASE: ("cases", "get_case", "Case"),
    MESSAGE: ("notifications", "get_message", "Message"),
}


@pytest.mark.parametrize("purpose", REGISTRY.values(), ids=lambda purpose: purpose.code)
@pytest.mark.parametrize("noun", sorted(PEOPLE))
def test_a_purpose_reaches_what_it_is_registered_for_and_nothing_else(purpose: Purpose, noun: str) -> None:
    service, action, kind = LOOKS[noun]
    somebody = Actor(
        id=new_id(), kind=Kind.STAFF, roles=("caseworker", "privacy_officer"), department="city", purpose=purpose.code
    )
    about = {"contact": ID} | ({"assigned": False} if noun == CASE else {})
    allowed = policies_of(service).decide(somebody, action, Resource(kind, ID, "city", about)).allowed
    assert allowed == (noun in purpose.nouns)


@pytest.mark.parametrize("purpose", REGISTRY.values(), ids=lambda purpose: purpose.code)
def test_whatever_reaches_people_says_which_article_allows_it(purpose: Purpose) -> None:
    if purpose.nouns & PEOPLE:
        assert purpose.basis
        assert re.fullmatch(r"UK GDPR Art\. 6\(1\)\([a-f]\)", purpose.basis)
    if purpose.special:
        assert re.fullmatch(r"UK GDPR Art\. 9\(2\)\([a-j]\)", purpose.special)


def test_no_policy_speaks_of_a_purpose_that_is_not_registered() -> None:
    for service in services():
        said = re.findall(r"context\.purpose == \"(\w+)\"", text_of(service))
        said += [
            code
            for found in re.findall(r"\[([^\]]*)\]\.contains\(context\.purpose\)", text_of(service))
            for code in re.findall(r"\"(\w+)\"", found)
        ]
        assert set(said) <= set(REGISTRY)


def test_every_purpose_is_listed_for_everybody_with_its_ground_in_law() -> None:
    for role in ("citizen", "agent"):
        reply = Gateway().ask("GET", "/v1/purposes", roles=(role,))
        assert [item["code"] for item in reply.json["items"]] == list(REGISTRY)
        assert all(item["title"] for item in reply.json["items"])


@pytest.mark.parametrize("stated", ["curiosity", "Casework", "casework ", "", "subject access", "x" * 500])
def test_a_purpose_that_is_not_registered_is_refused_and_nobody_is_asked(stated: str) -> None:
    gateway = Gateway()
    reply = gateway.ask("GET", CONTACT_PATH, roles=("agent",), headers={"Tellus-Purpose": stated})
    if stated.strip() in REGISTRY:
        assert reply.status == 200, "spaces around a header are none of it"
        return
    assert reply.status == 422
    assert gateway.owners.asked == []
    assert gateway.record.events == []


@pytest.mark.parametrize(("stated", "kept"), [("subject_access", "subject_access"), (None, "service_delivery")])
def test_the_record_keeps_why_and_which_kind_of_actor_it_was(stated: str | None, kept: str) -> None:
    gateway = Gateway()
    gateway.ask("GET", CONTACT_PATH, roles=("agent",), headers={"Tellus-Purpose": stated} if stated else {})
    (seen,) = gateway.record.events
    assert isinstance(seen, DataAccessed)
    assert (seen.purpose, seen.kind) == (kept, "staff")


def test_every_route_has_a_registered_purpose() -> None:
    assert {route.purpose for route in ROUTES} <= set(REGISTRY)


def test_oversight_is_for_those_who_oversee_and_the_record_says_which_policy_refused() -> None:
    gateway = Gateway()
    reply = gateway.ask("GET", CONTACT_PATH, roles=("agent",), headers={"Tellus-Purpose": "oversight"})
    assert (reply.status, gateway.owners.asked) == (403, [])
    (denied,) = gateway.record.events
    assert isinstance(denied, AccessDenied)
    assert denied.policies == ("contacts.purpose-oversight-is-for-overseers",)


def refusing(error: Exception) -> MemoryOwners:
    def answer(_: object) -> object:
        raise error

    return MemoryOwners(answer)


def test_a_policy_that_failed_at_the_owner_is_told_as_an_alarm() -> None:
    gateway = Gateway(owners=refusing(Forbidden(code="policy", policies=["error"])))
    assert gateway.ask("GET", CONTACT_PATH, roles=("agent",)).status == 403
    denied, alarm = gateway.record.events
    assert isinstance(denied, AccessDenied)
    assert isinstance(alarm, PolicyErred)
    assert alarm.operation == "get_contact"


@pytest.mark.parametrize("refused", [["contacts.wall-a-conflict-of-interest-keeps-out"], ["error"], []])
def test_what_is_shown_as_absence_is_on_record_and_its_policies_are_told_to_nobody(refused: list[str]) -> None:
    gateway = Gateway(owners=refusing(NotFound("There is none.", code="contacts.unknown", refused=refused)))
    reply = gateway.ask("GET", CONTACT_PATH, roles=("agent",))
    plain = Gateway(owners=refusing(NotFound("There is none.", code="contacts.unknown")))
    absent = plain.ask("GET", CONTACT_PATH, roles=("agent",))
    assert reply.status == absent.status == 404
    assert reply.json | {"trace": ""} == absent.json | {"trace": ""}
    denied = gateway.record.events[0]
    assert isinstance(denied, AccessDenied)
    assert denied.policies == tuple(refused)
    assert [type(event) for event in plain.record.events] == [AccessDenied]
    assert (PolicyErred in map(type, gateway.record.events)) == (refused == ["error"])


def test_an_absence_that_cannot_be_recorded_is_not_told() -> None:
    gateway = Gateway(owners=refusing(NotFound(code="contacts.unknown")))
    gateway.record.away = True
    assert gateway.ask("GET", CONTACT_PATH, roles=("agent",)).status == 503
