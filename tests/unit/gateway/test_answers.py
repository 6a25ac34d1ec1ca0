"""What a good request gets, and what every answer carries."""

import json
import time
from typing import Any
from uuid import UUID

import pytest
from joserfc.jwk import OKPKey

from services.gateway.deciding import allowed
from services.gateway.domain.roles import ROLES as STAFF_ROLES
from services.gateway.route import Route
from services.gateway.routes import ROUTES
from services.gateway.settings import Issuer
from shared.authz.token import Verifier
from shared.contracts.actor import Actor, Kind
from shared.contracts.base import Request
from shared.contracts.contacts.rpc import AmendContact, ContactView, GetContact, RegisterContact
from shared.contracts.gateway.events import AccessDenied, DataAccessed
from shared.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError, Stale, TooMany, Unavailable
from tests.support import gateway as support
from tests.support.gateway import ISSUER, Gateway, MemoryOwners

CONTACT_ID = "019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
CONTACT = f"/v1/contacts/{CONTACT_ID}"


OPEN_TO_ALL = {
    "who_am_i",
    "describe_api",
    "follow_events",
    "list_purposes",
    "get_checkpoint",
    "get_inclusion_proof",
    "get_consistency_proof",
    "list_jobs",
    "get_job",
    "cancel_job",
    "read_job_result",
}
"""What anybody with a token may ask: themselves, their own jobs, and proof of the log, which says nothing of anybody."""

OPEN_TO_STAFF = {
    "get_staff", "list_staff", "find_staff", "get_team", "list_teams", "find_teams", "get_assignment",
    "list_assignments", "end_assignment", "declare_conflict", "list_clients", "get_client", "add_client_key",
    "remove_client_key", "suspend_client", "delegate_duties",
}  # fmt: skip
"""What everybody who works here may ask: of themselves, their teams and their roles; the directory decides which."""

OPEN_TO_PEOPLE = {"list_my_sessions", "end_my_session", "list_authorities", "end_authority"}
"""What everybody may ask who can sign in with a browser, which no system does."""


def address_of(route: Route) -> str:
    values = {"id": CONTACT_ID, "code": "a_code", "number": "1"}
    path = support_sub(route.path, values)
    if route.method == "GET":
        required = {"index": "0", "old_size": "1"}
        query = "&".join(f"{n}={required[n]}" for n, f in route.sent.items() if f.is_required())
        return f"{path}?{query}" if query else path
    return path


def support_sub(path: str, values: dict[str, str]) -> str:
    for kind, value in values.items():
        while f":{kind}}}" in path:
            start = path.rindex("{", 0, path.index(f":{kind}}}"))
            path = path[:start] + value + path[path.index("}", start) + 1 :]
    return path


def roles_that_may(route: Route) -> tuple[str, ...]:
    for role in sorted(STAFF_ROLES):
        actor = Actor(
            id=UUID(CONTACT_ID),
            kind=Kind.STAFF,
            roles=(role,),
            department="city",
            assurance="aal2",
            authenticated_at=int(time.time()),
        )
        if allowed(actor, route.service, route.operation):
            return (role,)
    raise AssertionError(f"no role may {route.operation}")


@pytest.mark.parametrize("route", [r for r in ROUTES if not r.speaks], ids=lambda r: f"{r.method} {r.path}")
def test_every_route_answers_those_who_may(route: Route) -> None:
    gateway = Gateway(more={"issuers": (Issuer(issuer=ISSUER, kind="by_role", assurance={"two": "aal2"}),)})
    body = dict(route.example) if route.example else ... if not route.sent else {}

    reply = gateway.ask(
        route.method,
        address_of(route),
        token=gateway.issuer.token(*roles_that_may(route), acr="two", auth_time=int(time.time())),
        body=... if route.method == "GET" else body,
        headers={"If-Match": '"v1"'} if route.if_match else {},
    )

    assert reply.status == route.status, reply.body
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"] == ("private, no-cache" if route.kept else "no-store")
    route.request.reply.model_validate(reply.json)
    assert ("etag" in reply.headers) == route.etag
    assert ("location" in reply.headers) == (route.location is not None)
    if route.answered_here is None:
        (asked,) = gateway.owners.asked
        assert type(asked.request) is route.request
        assert (asked.command_id is not None) == route.request.writes
    assert [type(event) for event in gateway.record.events] == ([DataAccessed] if route.personal else [])


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_nobody_is_answered_without_a_token(route: Route) -> None:
    gateway = Gateway()

    reply = gateway.ask(route.method, address_of(route), token="")

    assert reply.status == 401
    assert gateway.owners.asked == []


@pytest.mark.parametrize("route", [r for r in ROUTES if r.operation not in OPEN_TO_ALL], ids=lambda r: r.operation)
def test_a_role_that_may_not_is_refused_and_the_refusal_is_on_record(route: Route) -> None:
    gateway = Gateway()

    roles = (
        ("system",) if route.operation in OPEN_TO_PEOPLE else ("citizen",) if route.operation in OPEN_TO_STAFF else ()
    )
    reply = gateway.ask(route.method, address_of(route), roles=roles, headers={"If-Match": '"v1"'})

    assert (reply.status, reply.json["code"]) == (403, "policy")
    assert gateway.owners.asked == []
    (denied,) = gateway.record.events
    assert isinstance(denied, AccessDenied)
    assert denied.operation == route.operation


def test_what_is_made_says_where_it_is_and_which_version() -> None:
    reply = Gateway().ask("POST", "/v1/contacts", body={"name": "Siân Example"})

    assert reply.headers["location"] == CONTACT
    assert reply.headers["etag"] == '"v1"'


def test_the_version_that_was_seen_reaches_the_owner() -> None:
    gateway = Gateway()

    gateway.ask("PATCH", CONTACT, body={"phone": "+44 1632 960002"}, headers={"If-Match": '"v7"'})

    (asked,) = gateway.owners.asked
    assert isinstance(asked.request, AmendContact)
    assert (asked.request.version, str(asked.request.contact_id)) == (7, CONTACT_ID)


def test_the_same_key_is_the_same_command_for_one_actor_and_operation_only() -> None:
    gateway = Gateway()
    for roles, path, body in (
        (("agent",), "/v1/contacts", {"name": "A"}),
        (("agent",), "/v1/contacts", {"name": "B"}),
        (("team_lead",), "/v1/contacts", {"name": "A"}),
        (("agent",), f"{CONTACT}/interactions", {"channel": "phone", "subject": "x"}),
    ):
        gateway.ask("POST", path, roles=roles, body=body, headers={"Idempotency-Key": "the-same"})

    first, again, other_actor, other_operation = (asked.command_id for asked in gateway.owners.asked)

    assert first == again
    assert len({first, other_actor, other_operation}) == 3


def test_two_changes_are_two_commands() -> None:
    gateway = Gateway()
    for _ in range(2):
        gateway.ask("PATCH", CONTACT, body={"name": "A"}, headers={"If-Match": '"v1"'})

    assert len({asked.command_id for asked in gateway.owners.asked}) == 2


def test_the_owner_gets_a_token_that_says_who_asks_and_why() -> None:
    gateway = Gateway()

    gateway.ask("GET", CONTACT, roles=("agent",), headers={"Tellus-Purpose": "subject_access"})

    (asked,) = gateway.owners.asked
    public = OKPKey.import_key(json.loads(support._SIGNING_KEY)).as_dict(private=False)
    found = Verifier({"keys": [public]}).verify(asked.token)
    assert found.operation == "get_contact"
    assert (found.actor.roles, found.actor.department) == (("agent",), "city.permits")
    assert found.actor.purpose == "subject_access"


def test_the_trace_goes_on() -> None:
    gateway = Gateway()
    trace = "0af7651916cd43dd8448eb211c80319c"

    reply = gateway.ask("GET", CONTACT, headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})

    assert reply.headers["tellus-trace"] == trace
    assert gateway.owners.asked[0].traceparent[3:35] == trace


def test_headers_that_claim_an_identity_mean_nothing() -> None:
    gateway = Gateway()
    claims = {"X-User-Id": "root", "X-Forwarded-User": "root", "X-Roles": "administrator"}

    assert gateway.ask("GET", CONTACT, token="", headers=claims).status == 401
    assert gateway.ask("GET", CONTACT, roles=(), headers=claims).status == 403


def test_what_is_shown_is_on_record_with_what_was_hidden() -> None:
    def masked(request: Request[Any]) -> Any:
        del request
        return dict(support.documented_answer(GetContact(contact_id=UUID(CONTACT_ID)))) | {
            "name": None,
            "email": None,
            "hidden": ["name", "email"],
        }

    gateway = Gateway(owners=MemoryOwners(masked))
    gateway.ask("GET", CONTACT, roles=("auditor",))

    (seen,) = gateway.record.events
    assert isinstance(seen, DataAccessed)
    assert seen.subjects == (UUID(CONTACT_ID),)
    assert seen.subject == UUID(CONTACT_ID)
    assert (seen.fields, seen.hidden) == (("language", "phone"), ("email", "name"))
    assert (seen.operation, seen.purpose) == ("get_contact", "service_delivery")


def test_a_search_that_finds_nobody_is_on_record_too() -> None:
    gateway = Gateway(owners=MemoryOwners(lambda _: {"items": [], "next": None}))

    gateway.ask("POST", "/v1/contacts/search", body={"name": "Nobody"})

    (seen,) = gateway.record.events
    assert isinstance(seen, DataAccessed)
    assert (seen.subjects, seen.fields) == ((), ())


def test_a_page_of_the_largest_size_fits_the_record() -> None:
    one = support.documented_answer(GetContact(contact_id=UUID(CONTACT_ID)))
    many = [one | {"id": f"019c1f0e-6b1a-7c3e-9a54-{n:012d}"} for n in range(100)]
    gateway = Gateway(owners=MemoryOwners(lambda _: {"items": many, "next": "abc"}))

    reply = gateway.ask("POST", "/v1/contacts/search", body={"name": "A", "limit": 100})

    assert len(reply.json["items"]) == 100
    assert len(gateway.record.events[0].subjects) == 100  # type: ignore[attr-defined]


def test_what_cannot_be_recorded_is_not_shown() -> None:
    gateway = Gateway()
    gateway.record.away = True

    reply = gateway.ask("GET", CONTACT)

    assert (reply.status, reply.json["code"]) == (503, "access_unrecorded")
    assert b"Example" not in reply.body
    assert "retry-after" in reply.headers


def test_nothing_is_changed_while_recording_is_known_not_to_work() -> None:
    gateway = Gateway()
    gateway.record.known_away = True

    reply = gateway.ask("POST", "/v1/contacts", body={"name": "A"})

    assert reply.status == 503
    assert gateway.owners.asked == []


def test_a_refusal_by_the_owner_is_on_record() -> None:
    def refuse(_: Request[Any]) -> Any:
        raise Forbidden(code="policy", action="get_contact", policies=["contacts.wall"])

    gateway = Gateway(owners=MemoryOwners(refuse))

    reply = gateway.ask("GET", CONTACT)

    assert reply.status == 403
    assert b"contacts.wall" not in reply.body
    (denied,) = gateway.record.events
    assert isinstance(denied, AccessDenied)
    assert denied.policies == ("contacts.wall",)


STATUSES: list[tuple[ServiceError, int, str]] = [
    (Invalid(code="contacts.email_malformed"), 422, "contacts.email_malformed"),
    (Forbidden(), 403, "forbidden"),
    (NotFound(code="contacts.unknown"), 404, "contacts.unknown"),
    (Conflict("Legal are: accept.", code="cases.step_illegal", legal=["accept"]), 409, "cases.step_illegal"),
    (Stale(), 412, "stale"),
    (Conflict(code="stale"), 412, "stale"),
    (TooMany(retry_after=7), 429, "too_many"),
    (Unavailable(code="callee_silent"), 503, "callee_silent"),
    (Invalid(code="idempotency.reused"), 422, "idempotency.reused"),
    (Conflict(code="idempotency.in_flight"), 409, "idempotency.in_flight"),
]


@pytest.mark.parametrize(("error", "status", "code"), STATUSES, ids=str)
def test_an_owners_error_has_its_status(error: ServiceError, status: int, code: str) -> None:
    def fail(_: Request[Any]) -> Any:
        raise error

    reply = Gateway(owners=MemoryOwners(fail)).ask("POST", "/v1/contacts", body={"name": "A"})

    assert (reply.status, reply.json["code"]) == (status, code)
    assert reply.json["detail"]
    assert ("retry-after" in reply.headers) == (status in {429, 503})


def test_an_illegal_step_tells_the_legal_ones() -> None:
    def fail(_: Request[Any]) -> Any:
        raise STATUSES[3][0]

    reply = Gateway(owners=MemoryOwners(fail)).ask("POST", "/v1/contacts", body={"name": "A"})

    assert reply.json["details"] == {"legal": ["accept"]}


def test_an_owners_mistakes_are_named_by_their_place() -> None:
    mistake = {"pointer": "/email", "detail": "is no address"}

    def fail(_: Request[Any]) -> Any:
        raise Invalid(errors=[mistake])

    reply = Gateway(owners=MemoryOwners(fail)).ask("POST", "/v1/contacts", body={"name": "A"})

    assert reply.json["errors"] == [mistake]


def test_a_fault_of_ours_shows_nothing_of_itself() -> None:
    def fail(_: Request[Any]) -> Any:
        raise RuntimeError("password=hunter2")

    reply = Gateway(owners=MemoryOwners(fail)).ask("GET", CONTACT)

    assert (reply.status, reply.json["code"]) == (500, "failed")
    assert b"hunter2" not in reply.body


@pytest.mark.parametrize("path", [CONTACT, "/v1/nowhere", "/openapi.json", "/docs", "/problems/stale"])
def test_every_answer_carries_the_headers_that_protect_a_browser(path: str) -> None:
    headers = Gateway().ask("GET", path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert "max-age=63072000" in headers["strict-transport-security"]


def test_every_kind_of_problem_has_a_page() -> None:
    gateway = Gateway()
    for bad in (gateway.ask("GET", "/v1/x"), gateway.ask("GET", CONTACT, token=""), gateway.ask("PATCH", CONTACT)):
        page = gateway.ask("GET", bad.json["type"], token="")
        assert page.status == 200
        assert page.headers["content-type"].startswith("text/html")


def test_no_page_fetches_from_elsewhere() -> None:
    gateway = Gateway()
    for path in ("/docs", "/docs/start.js", "/problems", "/problems/stale"):
        assert b"//" not in gateway.ask("GET", path, token="").body.replace(b"<!doctype", b"")


def test_head_tells_what_get_would_show() -> None:
    gateway = Gateway()
    shown, told = gateway.ask("GET", CONTACT), gateway.ask("HEAD", CONTACT)

    assert told.body == b""
    assert told.headers["content-length"] == shown.headers["content-length"]
    assert len(gateway.record.events) == 2


def test_somebody_learns_who_they_are_and_what_they_may_do() -> None:
    reply = Gateway().ask("GET", "/v1/me", roles=("agent",))

    assert reply.json["roles"] == ["agent"]
    assert "register_contact" in reply.json["operations"]
    assert "add_case_type" not in reply.json["operations"]


def test_a_contact_is_whole_in_the_documentation() -> None:
    assert ContactView.model_validate(support.documented_answer(GetContact(contact_id=UUID(CONTACT_ID)))).name
    assert RegisterContact(name="A").name == "A"
