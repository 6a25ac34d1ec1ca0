"""A cursor is good for whom, for what and for how long it was given; whatever else comes gets one and the same answer."""

import base64
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from services.gateway.edge import cursors
from services.gateway.edge.cursors import LONGEST, Cursors
from services.gateway.edge.problem import Problem
from shared.contracts.actor import Actor, Kind
from shared.contracts.base import Request
from shared.contracts.cases.rpc import ListCases
from shared.persistence.paging import encode
from tests.support.gateway import Gateway, MemoryOwners, documented_answer

OWNERS = encode("2026-11-21T09:40:00+00:00", "019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d10")
CASES = "/v1/cases?case_type=building_permit"


def page(request: Request[Any]) -> Any:
    return documented_answer(request) | {"next": OWNERS}


def paged(**more: Any) -> Gateway:
    return Gateway(owners=MemoryOwners(page), more=more)


def first(gateway: Gateway, path: str = CASES, **asked: Any) -> str:
    return str(gateway.ask("GET", path, **asked).json["next"])


def test_the_owner_gets_back_the_cursor_it_gave() -> None:
    gateway = paged()
    cursor = first(gateway)

    assert gateway.ask("GET", f"{CASES}&cursor={cursor}&limit=7").status == 200

    request = gateway.owners.asked[-1].request
    assert isinstance(request, ListCases)
    assert (request.cursor, request.limit) == (OWNERS, 7)


def test_a_cursor_in_a_body_does_the_same() -> None:
    gateway = paged()
    body = {"name": "Sian"}
    cursor = gateway.ask("POST", "/v1/contacts/search", body=body).json["next"]

    reply = gateway.ask("POST", "/v1/contacts/search", body=body | {"cursor": cursor})

    assert reply.status == 200
    assert gateway.owners.asked[-1].request.cursor == OWNERS  # type: ignore[attr-defined]


def test_a_cursor_says_nothing_about_where_it_leads() -> None:
    raw = base64.urlsafe_b64decode(first(paged()) + "===")

    assert b"2026" not in raw
    assert OWNERS.encode() not in raw


def test_two_answers_never_hold_the_same_cursor() -> None:
    gateway = paged()

    assert first(gateway) != first(gateway)


def test_the_longest_cursor_of_an_owner_can_be_sealed() -> None:
    sealing = Cursors([b"key"], seconds=60)

    sealed = sealing.seal("x" * 500, b"list")

    assert len(sealed) <= LONGEST
    assert sealing.open(sealed, b"list") == "x" * 500


def flipped(cursor: str) -> list[str]:
    return [cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor))]


def test_no_changed_character_goes_through() -> None:
    sealing = Cursors([b"key"], seconds=60)
    for changed in flipped(sealing.seal(OWNERS, b"list")):
        with pytest.raises(Problem) as refused:
            sealing.open(changed, b"list")
        assert refused.value.code == "cursor_invalid"


def refused(gateway: Gateway, path: str, **asked: Any) -> bytes:
    before = len(gateway.owners.asked)
    reply = gateway.ask("GET", path, **asked)
    assert (reply.status, reply.json["code"]) == (422, "cursor_invalid"), reply.body
    assert len(gateway.owners.asked) == before
    return reply.body.replace(reply.headers["tellus-trace"].encode(), b"")


def test_whatever_is_wrong_with_a_cursor_the_answer_is_the_same() -> None:
    gateway = paged()
    cursor = first(gateway)
    answers = {
        "tampered": refused(gateway, f"{CASES}&cursor={flipped(cursor)[-3]}"),
        "another filter": refused(gateway, f"/v1/cases?case_type=street_permit&cursor={cursor}"),
        "no filter": refused(gateway, f"/v1/cases?cursor={cursor}"),
        "another list": refused(gateway, f"/v1/messages?cursor={cursor}", roles=("caseworker",)),
        "another actor": refused(gateway, f"{CASES}&cursor={cursor}", roles=("team_lead",)),
        "another key": refused(paged(cursor_key=SecretStr("another")), f"{CASES}&cursor={cursor}"),
        "an owner's own": refused(gateway, f"{CASES}&cursor={OWNERS}"),
        "empty": refused(gateway, f"{CASES}&cursor="),
        "short": refused(gateway, f"{CASES}&cursor={cursor[:9]}"),
        "cut": refused(gateway, f"{CASES}&cursor={cursor[:-1]}"),
        "longer": refused(gateway, f"{CASES}&cursor={cursor}A"),
    }
    sealing = Cursors([b"key"], seconds=-1)
    with pytest.raises(Problem) as too_old:
        sealing.open(sealing.seal(OWNERS, b""), b"")
    answers["too old"] = too_old.value.body("").replace(b"\x00", b"")

    assert len(set(answers.values())) == 1


def test_a_megabyte_is_no_cursor_and_costs_nothing() -> None:
    gateway = paged()

    reply = gateway.ask("POST", "/v1/contacts/search", body={"name": "A", "cursor": "x" * 200_000})

    assert (reply.status, reply.json["code"]) == (422, "cursor_invalid")
    assert gateway.ask("POST", "/v1/contacts/search", body={"name": "A", "cursor": "x" * 1_000_000}).status == 413
    assert gateway.owners.asked == []


@pytest.mark.parametrize("cursor", [7, True, ["a"], {"a": 1}])
def test_a_cursor_is_text(cursor: Any) -> None:
    reply = paged().ask("POST", "/v1/contacts/search", body={"name": "A", "cursor": cursor})

    assert (reply.status, reply.json["errors"]) == (422, [{"pointer": "/cursor", "detail": "must be text"}])


def test_what_was_given_out_before_a_new_key_still_opens_and_is_no_longer_given_out() -> None:
    old, new = SecretStr("the old one"), SecretStr("the new one")
    cursor = first(paged(cursor_key=old))
    both = paged(cursor_key=new, cursor_key_before=old)

    assert both.ask("GET", f"{CASES}&cursor={cursor}").status == 200
    assert refused(paged(cursor_key=old), f"{CASES}&cursor={first(both)}")


def test_replicas_open_each_others_cursors() -> None:
    assert paged().ask("GET", f"{CASES}&cursor={first(paged())}").status == 200


@pytest.mark.parametrize("limit", ["-1", "0", "100000000000000000000", "1_0", "1&limit=1", "٣", "1.0", "+1", "", "101"])
def test_a_limit_that_is_none_is_refused(limit: str) -> None:
    gateway = paged()

    assert gateway.ask("GET", f"/v1/cases?limit={limit.encode().decode('latin-1')}").status in {400, 422}
    assert gateway.owners.asked == []


def test_a_citizen_who_acts_for_another_has_cursors_of_their_own() -> None:
    someone = Actor(id=UUID(int=1), kind=Kind.CITIZEN, department="public")
    asked = ListCases(case_type="building_permit")

    assert cursors.bound_to(someone, asked) != cursors.bound_to(
        someone.model_copy(update={"on_behalf_of": UUID(int=2)}), asked
    )
    assert cursors.bound_to(someone, asked) == cursors.bound_to(
        someone.model_copy(update={"purpose": "oversight"}), asked.model_copy(update={"limit": 7, "cursor": "abc"})
    )
