"""Only what was asked for, only what may be seen, and on the record only what was shown; kept, unchanged and going."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from services.gateway.edge.deprecation import Deprecated, headers_of
from services.gateway.route import Route, RouteIncomplete
from services.gateway.routes import ROUTES
from shared.contracts.base import Request
from shared.contracts.contacts.rpc import GetContact
from shared.contracts.gateway.events import DataAccessed
from tests.support.gateway import Gateway, MemoryOwners, documented_answer

CONTACT_ID = "019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
CONTACT = f"/v1/contacts/{CONTACT_ID}"


def seen(gateway: Gateway) -> DataAccessed:
    (event,) = gateway.record.events
    assert isinstance(event, DataAccessed)
    return event


def test_only_the_fields_that_were_asked_for_are_shown_and_recorded() -> None:
    gateway = Gateway()

    reply = gateway.ask("GET", f"{CONTACT}?fields=reference,phone")

    assert reply.json == {"reference": "CON-7K3M-2QX8", "phone": "+441632960001", "hidden": []}
    assert reply.headers["content-type"] == "application/vnd.tellus.sparse+json"
    assert seen(gateway).fields == ("phone",)
    assert str(seen(gateway).subject) == CONTACT_ID


def test_a_search_and_a_list_show_items_with_those_fields() -> None:
    search = Gateway().ask("POST", "/v1/contacts/search?fields=reference", body={"name": "Sian"})
    cases = Gateway().ask("GET", "/v1/cases?fields=reference,state&limit=5")

    assert search.json == {"items": [{"reference": "CON-7K3M-2QX8", "hidden": []}], "next": None}
    assert cases.json["items"] == [{"reference": "CASE-7K3M-2QXD", "state": "received", "hidden": []}]


def test_what_is_masked_stays_masked_and_named() -> None:
    def masked(request: Request[Any]) -> Any:
        return documented_answer(request) | {"name": None, "hidden": ["name"]}

    gateway = Gateway(owners=MemoryOwners(masked))

    reply = gateway.ask("GET", f"{CONTACT}?fields=name")

    assert reply.json == {"name": None, "hidden": ["name"]}
    assert (seen(gateway).fields, seen(gateway).hidden) == ((), ("name",))


@pytest.mark.parametrize("fields", ["nme", "name,", "", "name,,phone", "Name", "name.first", "__class__", "na%6De,%2A"])
def test_an_unknown_field_is_refused_with_those_there_are(fields: str) -> None:
    gateway = Gateway()

    reply = gateway.ask("GET", f"{CONTACT}?fields={fields}")

    assert reply.status == 422
    (mistake,) = reply.json["errors"]
    assert mistake["parameter"] == "fields"
    assert "department, email, hidden, id" in mistake["detail"]
    assert gateway.owners.asked == []


def test_a_write_shows_the_whole() -> None:
    reply = Gateway().ask("POST", "/v1/contacts?fields=name", body={"name": "A"})

    assert reply.status == 422


@pytest.mark.parametrize("tag", ['"v1"', 'W/"v1"', '"v0", "v1"', "*"])
def test_what_somebody_has_already_is_not_sent_again_but_recorded(tag: str) -> None:
    gateway = Gateway()

    reply = gateway.ask("GET", CONTACT, headers={"If-None-Match": tag})

    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers["etag"] == '"v1"'
    assert seen(gateway).fields == ("email", "language", "name", "phone")


@pytest.mark.parametrize("tag", ['"v2"', '"v1', "v1", '"v11"', '""', "x" * 500])
def test_what_somebody_has_not_is_sent(tag: str) -> None:
    assert Gateway().ask("GET", CONTACT, headers={"If-None-Match": tag}).status == 200


def test_one_who_may_not_see_it_learns_no_version_of_it() -> None:
    gateway = Gateway()

    assert gateway.ask("GET", CONTACT, roles=(), headers={"If-None-Match": '"v1"'}).status == 403
    assert gateway.ask("GET", CONTACT, token="", headers={"If-None-Match": "*"}).status == 401


def test_what_is_about_somebody_is_never_stored() -> None:
    for path in (CONTACT, f"{CONTACT}?fields=id", "/v1/cases", "/v1/me"):
        assert Gateway().ask("GET", path).headers["cache-control"] == "no-store"


def test_what_is_about_nobody_is_asked_for_again() -> None:
    headers = Gateway().ask("GET", "/v1/case_types/building_permit").headers

    assert (headers["cache-control"], headers["vary"]) == ("private, no-cache", "authorization, cookie")


GOING = Deprecated(
    since=datetime(2026, 1, 1, tzinfo=UTC),
    sunset=datetime(2027, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
    link="/docs#going",
)


def asked_of(*, of_route: Deprecated | None = None, of_fields: dict[str, Deprecated] | None = None, fields: str) -> Any:
    (real,) = (route for route in ROUTES if route.request is GetContact)
    told = {name: getattr(real, name) for name in Route.__dataclass_fields__}
    route = Route(**(told | {"deprecated": of_route, "deprecated_fields": of_fields or {}}))
    table = tuple(route if known is real else known for known in ROUTES)
    return Gateway(table=table).ask("GET", f"{CONTACT}{fields}").headers


def test_a_route_that_will_go_says_so() -> None:
    headers = asked_of(of_route=GOING, fields="")

    assert headers["deprecation"] == "@1767225600"
    assert headers["sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert headers["link"] == '</docs#going>; rel="deprecation"; type="text/html"'


def test_a_field_that_will_go_says_so_to_whoever_still_takes_it() -> None:
    assert "deprecation" in asked_of(of_fields={"language": GOING}, fields="")
    assert "deprecation" not in asked_of(of_fields={"language": GOING}, fields="?fields=name")


def test_nothing_else_says_so() -> None:
    assert headers_of(()) == ()
    assert "deprecation" not in asked_of(fields="")


def test_the_earliest_end_counts() -> None:
    later = Deprecated(since=GOING.since, sunset=datetime(2028, 1, 1, tzinfo=UTC), link="/docs#later")

    headers = dict(headers_of((later, GOING)))

    assert headers[b"sunset"] == b"Fri, 01 Jan 2027 00:00:00 GMT"
    assert headers[b"link"].count(b"deprecation") == 2


def test_what_will_go_works_for_a_while() -> None:
    with pytest.raises(ValueError, match="for a while"):
        Deprecated(since=GOING.sunset, sunset=GOING.since, link="/")


def test_a_field_that_is_not_there_cannot_go() -> None:
    with pytest.raises(RouteIncomplete, match="deprecated field"):
        asked_of(of_fields={"nickname": GOING}, fields="")
