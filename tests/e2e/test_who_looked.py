"""Who read what of somebody, and why: told from the record, soon after it happened, to those who may know."""

from typing import Any
from uuid import uuid4

from tests.support.whole_suite import WholeSuite, eventually


def accesses(suite: WholeSuite, contact: str) -> list[dict[str, Any]]:
    return suite.everything("aude-auditor", f"/v1/contacts/{contact}/accesses")


def test_every_look_is_told_with_its_purpose_and_its_ground_in_law(suite: WholeSuite) -> None:
    contact = suite.contact()["id"]
    case = suite.case(contact)
    suite.done("ada-agent", "GET", f"/v1/contacts/{contact}", headers={"Tellus-Purpose": "subject_access"})
    suite.done("carl-caseworker", "GET", f"/v1/cases/{case['id']}/events")

    def told() -> dict[str, dict[str, Any]] | None:
        found = {access["operation"]: access for access in accesses(suite, contact)}
        return found if {"get_contact", "list_case_events", "open_case"} <= set(found) else None

    found = eventually(told, "every look at the contact and at their case")
    looked = found["get_contact"]
    assert (looked["purpose"], looked["lawful_basis"]) == ("subject_access", "UK GDPR Art. 6(1)(c)")
    assert (looked["actor_kind"], looked["department"], looked["emergency"]) == ("staff", "city", False)
    assert found["list_case_events"]["purpose"] == "casework", "a case's reads are its contact's too"
    assert not any("actor" in access for access in found.values()), "a kind and a department, no id"


def test_only_those_who_may_are_told(suite: WholeSuite) -> None:
    contact = suite.contact()["id"]
    assert suite.ask("carl-caseworker", "GET", f"/v1/contacts/{contact}/accesses").status_code == 403
    assert suite.ask("cleo-citizen", "GET", f"/v1/contacts/{contact}/accesses").status_code == 404


def test_a_refusal_is_on_record_with_the_policies_that_refused_and_the_caller_is_not_told(suite: WholeSuite) -> None:
    case = suite.case(suite.contact()["id"])
    hidden = suite.ask("otto-caseworker", "GET", f"/v1/cases/{case['id']}")
    absent = suite.ask("otto-caseworker", "GET", f"/v1/cases/{uuid4()}")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json() | {"trace": ""} == absent.json() | {"trace": ""}

    def denied() -> list[dict[str, Any]] | None:
        found = [entry["event"] for entry in suite.entries(type="tellus.access.denied.v1")]
        found = [event for event in found if event["traceparent"].split("-")[1] == hidden.headers["tellus-trace"]]
        return found or None

    (event,) = eventually(denied, "the refusal on record")
    assert event["data"]["policies"] == ["cases.wall-cases-stay-in-their-department"]
