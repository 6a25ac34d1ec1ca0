"""The matrix as callers meet it: the gateway in front, the owners behind it deciding again, and the record between."""

import json
import statistics
import time
from typing import Any, Final
from uuid import UUID

import pytest
from joserfc.jwk import OKPKey

from services.gateway.identity.standing import Standing
from services.gateway.quotas import AllQuotas
from shared.authz.token import Verifier
from shared.contracts.base import Request
from shared.contracts.gateway.events import AccessDenied, DataAccessed
from shared.ids import new_id
from tests.support import gateway as support
from tests.support.gateway import Gateway, MemoryDirectory, MemoryOwners, Reply
from tests.support.house import ASKING, HERE, House
from tests.support.oracle import ABSENT, REFUSED, ROLES, expected, pages

PUBLIC_KEY: Final = OKPKey.import_key(json.loads(support._SIGNING_KEY)).as_dict(private=False)
VARIES: Final = ("trace",)
PEOPLE: Final = [role for role in ROLES if role not in (None, "system")]
SAMPLE: Final = ("own", "above", "hand", "theirs", "granted", "granted_case", "challenged", "excluded", "expired")


class HouseOwners(MemoryOwners):
    """The real use cases over real stores, told by the token who asks."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house
        self._verifier = Verifier({"keys": [PUBLIC_KEY]})

    async def call(self, request: Request[Any], *, token: str, **more: Any) -> Any:
        """As an owner's process does it."""
        del more
        verified = self._verifier.verify(token)
        assert verified.operation == request.method
        return self._house.ask(verified.actor, request)


@pytest.fixture
def everybody_is_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever calls is the one that the house was furnished for."""

    async def id_of(*_: Any, **__: Any) -> UUID:
        return ASKING

    monkeypatch.setattr(MemoryDirectory, "id_of", id_of)


@pytest.fixture
def gateway(house: House, everybody_is_asking: None) -> Gateway:
    """A gateway before the house."""
    del everybody_is_asking
    return Gateway(owners=HouseOwners(house), more={"quotas": AllQuotas(scale=1_000)})


def ask(gateway: Gateway, house: House, role: str, path: str, **more: Any) -> Reply:
    claims: dict[str, Any] = {"department": HERE}
    if role == "citizen":
        claims = {"department": "city", "contact_id": str(house.contacts["theirs"])}
    return gateway.ask(more.pop("method", "GET"), path, token=gateway.issuer.token(role, **claims), **more)


def path_of(house: House, operation: str, relation: str) -> str:
    return {
        "get_contact": f"/v1/contacts/{house.contacts[relation]}",
        "list_contact_changes": f"/v1/contacts/{house.contacts[relation]}/changes",
        "get_case": f"/v1/cases/{house.cases[relation]}",
        "list_case_events": f"/v1/cases/{house.cases[relation]}/events",
        "get_message": f"/v1/messages/{house.messages[relation]}",
        "list_accesses": f"/v1/contacts/{house.contacts[relation]}/accesses",
    }[operation]


@pytest.mark.parametrize("grants", [False, True], ids=["nothing granted", "everything granted"])
@pytest.mark.parametrize("role", PEOPLE)
def test_a_look_over_http_is_what_the_page_says(gateway: Gateway, house: House, role: str, *, grants: bool) -> None:
    gateway.standings.known[ASKING] = Standing(grants=house.grants() if grants else ())
    for operation in (
        "get_contact",
        "list_contact_changes",
        "get_case",
        "list_case_events",
        "get_message",
        "list_accesses",
    ):
        for relation in SAMPLE:
            gateway.record.events.clear()
            reply = ask(gateway, house, role, path_of(house, operation, relation))
            should = expected(operation, role, relation, grants=grants)
            cell = (operation, relation, reply.status, reply.body)
            if isinstance(should, str):
                assert reply.status == {ABSENT: 404, REFUSED: 403}[should], cell
                assert [type(event) for event in gateway.record.events] == [AccessDenied], cell
                assert "details" not in reply.json, cell
            else:
                assert reply.status == 200, cell
                (seen,) = gateway.record.events
                assert isinstance(seen, DataAccessed), cell
                assert not set(seen.fields) & (pages()[operation].fields - should), cell


@pytest.mark.parametrize("operation", ["get_contact", "get_case", "get_message", "list_case_events"])
def test_what_is_hidden_is_answered_as_what_is_not_there(gateway: Gateway, house: House, operation: str) -> None:
    gateway.standings.known[ASKING] = Standing(grants=house.grants())
    hidden_path = path_of(house, operation, "excluded")
    absent_path = hidden_path.replace(hidden_path.split("/")[3], str(new_id()))
    hidden, absent = (ask(gateway, house, "caseworker", path) for path in (hidden_path, absent_path))
    assert (hidden.status, absent.status) == (404, 404)
    assert _without_trace(hidden) == _without_trace(absent)

    def denied(event: object) -> AccessDenied:
        assert isinstance(event, AccessDenied)
        return event

    for_hidden, for_absent = map(denied, gateway.record.events)
    assert for_hidden.code == for_absent.code
    assert any("conflict-of-interest" in policy for policy in for_hidden.policies), "the record knows why"
    assert for_absent.policies == ()
    assert b"conflict" not in hidden.body, "the caller does not"


def test_what_is_hidden_takes_as_long_as_what_is_not_there(gateway: Gateway, house: House) -> None:
    gateway.standings.known[ASKING] = Standing(grants=house.grants())
    took: dict[str, list[float]] = {"hidden": [], "absent": []}
    for _ in range(60):
        for kind, path in (
            ("hidden", path_of(house, "get_contact", "excluded")),
            ("absent", f"/v1/contacts/{new_id()}"),
        ):
            began = time.perf_counter()
            assert ask(gateway, house, "caseworker", path).status == 404
            took[kind].append(time.perf_counter() - began)
    hidden, absent = (statistics.median(times) for times in took.values())
    assert abs(hidden - absent) < max(0.002, 0.5 * min(hidden, absent)), (hidden, absent)


def test_nobody_looks_for_what_is_hidden_from_them(gateway: Gateway, house: House) -> None:
    reply = ask(
        gateway, house, "campaign_officer", "/v1/contacts/search", method="POST", body={"email": "own@example.org"}
    )
    assert (reply.status, reply.json["code"]) == (403, "contacts.term_hidden")
    nobody = ask(
        gateway, house, "campaign_officer", "/v1/contacts/search", method="POST", body={"email": "none@example.org"}
    )
    assert _without_trace(reply) == _without_trace(nobody), "not even whether there is somebody"
    searched = ask(gateway, house, "campaign_officer", "/v1/contacts/search", method="POST", body={"name": "Resident"})
    assert {tuple(item["hidden"]) for item in searched.json["items"]} == {("email", "phone")}


def test_a_purpose_is_asked_for_kept_and_obeyed(gateway: Gateway, house: House) -> None:
    path = f"/v1/contacts/{house.contacts['own']}/interactions"
    served = ask(gateway, house, "caseworker", path, headers={"Tellus-Purpose": "casework"})
    refused = ask(gateway, house, "caseworker", path, headers={"Tellus-Purpose": "campaign"})
    unknown = ask(gateway, house, "caseworker", path, headers={"Tellus-Purpose": "curiosity"})
    assert (served.status, refused.status, unknown.status) == (200, 403, 422)
    seen, denied = gateway.record.events
    assert isinstance(seen, DataAccessed)
    assert (seen.purpose, seen.kind) == ("casework", "staff")
    assert isinstance(denied, AccessDenied)
    assert denied.policies == ("contacts.purpose-writing-to-people-is-no-reason-to-read-what-they-said",)
    assert "/v1/purposes" in unknown.json["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("relation", "through"), [("challenged", ("challenged",)), ("granted", ("specific",)), ("own", ())]
)
def test_what_is_seen_by_a_grant_is_on_record_as_such(
    gateway: Gateway, house: House, relation: str, through: tuple[str, ...]
) -> None:
    gateway.standings.known[ASKING] = Standing(grants=house.grants())
    assert ask(gateway, house, "caseworker", path_of(house, "get_case", relation)).status == 200
    (seen,) = gateway.record.events
    assert isinstance(seen, DataAccessed)
    assert seen.through == through
    assert bool(seen.policies) == bool(through)


def test_people_are_shown_who_read_what_of_them_and_why_but_no_name(gateway: Gateway, house: House) -> None:
    reply = ask(gateway, house, "citizen", path_of(house, "list_accesses", "theirs"))
    (access,) = reply.json["items"]
    assert access == {
        "operation": "get_contact",
        "purpose": "service_delivery",
        "purpose_title": "Serving somebody who asks for something",
        "lawful_basis": "UK GDPR Art. 6(1)(e)",
        "special_categories": "UK GDPR Art. 9(2)(g)",
        "fields": ["email", "name"],
        "hidden": ["phone"],
        "actor_kind": "staff",
        "department": "city.permits",
        "own": False,
        "on_behalf": False,
        "emergency": False,
        "at": "2026-11-05T12:34:56.123456Z",
    }


def _without_trace(reply: Reply) -> tuple[Any, Any]:
    told = {name: value for name, value in reply.json.items() if name not in VARIES}
    headers = {n: v for n, v in reply.headers.items() if not n.startswith(("tellus-trace", "ratelimit"))}
    return told, headers
