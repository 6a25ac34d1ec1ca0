"""No unlogged read: whatever shows a person's data has its entry in the log, with the right subjects."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from services.gateway.routes import ROUTES
from tests.support.whole_suite import WholeSuite, eventually

ACCESSED = "tellus.data.accessed.v1"
DENIED = "tellus.access.denied.v1"


@dataclass
class Shown:
    """One answer that held a person's data."""

    operation: str
    trace: str
    subjects: set[str]


@pytest.fixture(scope="module")
def shown(suite: WholeSuite) -> list[Shown]:
    """Every route that shows personal data was asked and answered."""
    return list(every_personal_route(suite))


def every_personal_route(suite: WholeSuite) -> Iterator[Shown]:
    email = f"reader-{uuid4().hex}@example.org"

    def ask(operation: str, person: str, method: str, path: str, subjects: set[str] | None = None, **more: Any) -> Any:
        response = suite.ask(person, method, path, **more)
        assert response.is_success, f"{operation}: {response.text}"
        found = response.json()
        of_it = subjects or {found["id"]} | ({found["contact_id"]} if "contact_id" in found else set())
        told.append(Shown(operation, response.headers["tellus-trace"], of_it))
        return found

    told: list[Shown] = []
    contact = ask("register_contact", "ada-agent", "POST", "/v1/contacts", body={"name": "Read Er", "email": email})
    one = f"/v1/contacts/{contact['id']}"
    ask("find_contacts", "ada-agent", "POST", "/v1/contacts/search", {contact["id"]}, body={"email": email})
    ask("get_contact", "carl-caseworker", "GET", one)
    ask("amend_contact", "ada-agent", "PATCH", one, body={"name": "Read Err"}, version=1)
    touch = {"channel": "phone", "subject": "Asked"}
    ask("record_interaction", "ada-agent", "POST", f"{one}/interactions", {contact["id"]}, body=touch)
    ask("list_interactions", "ada-agent", "GET", f"{one}/interactions", {contact["id"]})
    ask("list_contact_changes", "aude-auditor", "GET", f"{one}/changes", {contact["id"]})
    data = {"purpose": "skip", "street": "Row", "first_day": "2027-01-01", "last_day": "2027-01-02"}
    body = {"case_type": "street-permit", "contact_id": contact["id"], "data": data}
    case = ask("open_case", "ada-agent", "POST", "/v1/cases", body=body)
    both = {case["id"], contact["id"]}
    matter = f"/v1/cases/{case['id']}"
    ask("list_cases", "carl-caseworker", "GET", "/v1/cases", both, contact_id=contact["id"])
    ask("get_case", "carl-caseworker", "GET", matter)
    check = {"event": "check_completeness", "data": {"complete": True}}
    ask("take_case_event", "carl-caseworker", "POST", f"{matter}/events", body=check, version=1)
    ask("list_case_events", "carl-caseworker", "GET", f"{matter}/events", {case["id"]})
    letters = eventually(
        lambda: suite.everything("carl-caseworker", "/v1/messages", case_id=case["id"]) or None, "a letter"
    )
    ask("list_messages", "carl-caseworker", "GET", "/v1/messages", {contact["id"]}, case_id=case["id"])
    ask("get_message", "carl-caseworker", "GET", f"/v1/messages/{letters[0]['id']}", {contact["id"]})
    eventually(lambda: suite.everything("aude-auditor", f"{one}/accesses") or None, "a look on record")
    ask("list_accesses", "aude-auditor", "GET", f"{one}/accesses", {contact["id"]})
    yield from told


def test_every_route_that_shows_personal_data_is_asked_here(shown: list[Shown]) -> None:
    # what the gateway itself owns is asked in tests/unit/gateway/test_answers.py, and on record there
    owned = {route.operation for route in ROUTES if route.personal and route.service != "gateway"}
    assert {one.operation for one in shown} == owned


def test_every_answer_with_personal_data_has_its_entry_with_the_right_subjects(
    suite: WholeSuite, shown: list[Shown]
) -> None:
    wanted = {one.trace for one in shown}

    def entries() -> dict[str, dict[str, Any]] | None:
        found = {}
        for subject in set().union(*(one.subjects for one in shown)):
            for entry in suite.entries(subject=subject, type=ACCESSED):
                found[entry["event"]["traceparent"].split("-")[1]] = entry
        return found if wanted <= found.keys() else None

    logged = eventually(entries, "an entry for every answer")
    for one in shown:
        event = logged[one.trace]["event"]
        assert event["data"]["operation"] == one.operation
        assert set(event["data"]["subjects"]) == one.subjects
        assert event["data"]["purpose"]
        assert event["data"]["fields"]


def test_the_access_is_on_record_before_it_is_shown(suite: WholeSuite) -> None:
    contact = suite.contact()

    trace = suite.ask("ada-agent", "GET", f"/v1/contacts/{contact['id']}").headers["tellus-trace"]

    (count,) = suite.sql(
        "gateway", f"SELECT count(*) FROM outbox WHERE body LIKE '%{trace}%accessed%' OR body LIKE '%accessed%{trace}%'"
    )[0]
    in_the_log = [e for e in suite.entries(subject=contact["id"], type=ACCESSED) if trace in e["event"]["traceparent"]]
    assert count + len(in_the_log) >= 1


def test_who_was_refused_is_on_record_too(suite: WholeSuite) -> None:
    me = suite.done("aude-auditor", "GET", "/v1/me")

    trace = suite.ask("aude-auditor", "POST", "/v1/contacts", {"name": "A"}).headers["tellus-trace"]

    def denied() -> bool | None:
        entries = suite.entries(actor=me["id"], type=DENIED)
        return any(trace in entry["event"]["traceparent"] for entry in entries) or None

    assert eventually(denied, "the refusal in the log")
