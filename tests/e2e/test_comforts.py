"""What the API offers for comfort, on a real suite: repeated, paged, cut down, unchanged; and nothing shows through it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.whole_suite import PROBLEM, WholeSuite, eventually


def registered(suite: WholeSuite, key: str, name: str = "Key Holder", person: str = "ada-agent") -> httpx.Response:
    return suite.ask(person, "POST", "/v1/contacts", {"name": name}, key=key)


def test_the_same_key_is_the_same_deed_also_for_those_who_ask_at_once(suite: WholeSuite) -> None:
    key, before = uuid4().hex, suite.rows()["contacts.contact"]
    with ThreadPoolExecutor(6) as together:
        answers = list(together.map(lambda _: registered(suite, key), range(6)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency.in_flight"}
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert registered(suite, key).json()["id"] in made
    assert suite.rows()["contacts.contact"] == before + 1


def test_the_same_key_with_another_body_is_refused(suite: WholeSuite) -> None:
    key = uuid4().hex
    first, other = registered(suite, key), registered(suite, key, "Somebody Else")

    assert (first.status_code, other.status_code) == (201, 422)
    assert other.json()["code"] == "idempotency.reused"
    assert first.json()["id"] not in other.text


def test_anothers_key_is_a_key_of_ones_own(suite: WholeSuite) -> None:
    key = uuid4().hex
    mine, theirs = registered(suite, key), registered(suite, key, person="carl-caseworker")

    assert theirs.status_code in {201, 403}
    assert theirs.status_code == 403 or theirs.json()["id"] != mine.json()["id"]


@pytest.mark.parametrize("key", ["k" * 256, "k" * 10_000, "a b"], ids=["256", "10 KB", "space"])
def test_a_key_that_cannot_be_kept_changes_nothing(suite: WholeSuite, key: str) -> None:
    before = suite.rows()

    answer = suite.ask(
        "ada-agent",
        "POST",
        "/v1/contacts",
        {"name": "A"},
        key=None,
        headers={"Idempotency-Key": key},
    )

    assert answer.status_code in {400, 431}
    assert answer.headers["content-type"] == PROBLEM
    assert suite.rows() == before


def test_what_was_answered_survives_a_crash_of_who_answered(suite: WholeSuite) -> None:
    key = uuid4().hex
    first = registered(suite, key)
    suite.kill("contacts-rpc")

    again = eventually(lambda: _unless_away(registered(suite, key)), "an answer after the crash")

    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])


def _unless_away(answer: httpx.Response) -> httpx.Response | None:
    return None if answer.status_code in {503, 409} else answer


def test_a_list_is_paged_without_doubles_by_its_own_cursors_only(suite: WholeSuite) -> None:
    contact = suite.contact()
    made = {suite.case(contact["id"])["id"] for _ in range(5)}
    path, seen = "/v1/cases", list[str]()
    asked: dict[str, Any] = {"case_type": "street-permit", "limit": 2, "fields": "id"}
    page = suite.done("carl-caseworker", "GET", path, **asked)
    stolen = page["next"]
    while True:
        seen += [case["id"] for case in page["items"]]
        if page["next"] is None:
            break
        page = suite.done("carl-caseworker", "GET", path, **asked, cursor=page["next"])

    assert made <= set(seen)
    assert Counter(seen).most_common(1)[0][1] == 1
    others: list[tuple[str, dict[str, Any]]] = [
        ("tess-teamlead", {"case_type": "street-permit"}),
        ("carl-caseworker", {}),
        ("carl-caseworker", {"case_type": "street-permit", "state": "applied"}),
    ]
    for person, terms in others:
        refused = suite.ask(person, "GET", path, **terms, cursor=stolen)
        assert (refused.status_code, refused.json()["code"]) == (422, "cursor_invalid")


COMFORTS: list[tuple[str, str, dict[str, str]]] = [
    ("GET", "", {}),
    ("HEAD", "", {}),
    ("GET", "", {"If-None-Match": "*"}),
    ("GET", "", {"If-None-Match": '"v1"'}),
    ("GET", "?fields=state", {}),
    ("GET", "/events?limit=1", {}),
]


@pytest.mark.parametrize(("method", "more", "headers"), COMFORTS, ids=str)
def test_no_comfort_tells_what_is_hidden_from_what_is_not_there(
    suite: WholeSuite, method: str, more: str, headers: dict[str, str]
) -> None:
    hidden = suite.case(suite.contact()["id"])["id"]

    answers = [
        suite.ask("otto-caseworker", method, f"/v1/cases/{id}{more}", headers=headers) for id in (hidden, str(uuid4()))
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert _said(answers[0]) == _said(answers[1])


def _said(answer: httpx.Response) -> Any:
    own = {"tellus-trace", "ratelimit", "date", "content-length"}
    body = answer.json() | {"trace": ""} if answer.content else {}
    return body, {name: value for name, value in answer.headers.items() if name not in own}


def test_a_quota_is_told_and_counts_every_request(suite: WholeSuite) -> None:
    def left() -> int:
        told = suite.ask("rory-records-officer", "HEAD", "/v1/me").headers["ratelimit"]
        return int(told.split(";")[1].removeprefix("r="))

    first = left()
    assert left() <= first
