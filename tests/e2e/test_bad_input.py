"""Whatever comes in: a problem with the right status, nothing changed, nothing echoed, no 5xx."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.whole_suite import PROBLEM, STORES, WholeSuite, eventually

CANARY = "canary-4711"
NOBODY = str(UUID(int=4711))


@dataclass(frozen=True)
class Bad:
    """One bad request, and the status it deserves. {contact} and {case} are there; the case is at version 1."""

    status: int
    body: Any = None
    raw: bytes | None = None
    method: str = "POST"
    path: str = "/v1/contacts"
    person: str | None = "ada-agent"
    key: str | None = ""
    headers: Mapping[str, str] = field(default_factory=dict)


CHECK = {"event": "check_completeness", "data": {"complete": True}}
BAD = {
    "an unknown field": Bad(422, {"name": "A", CANARY: 1}),
    "a wrong type": Bad(422, {"name": 4711}),
    "an address that is none": Bad(422, {"name": "A", "email": f"{CANARY} at example"}),
    "a number that is none": Bad(422, {"name": "A", "phone": CANARY}),
    "NaN": Bad(400, raw=b'{"name": NaN}'),
    "a duplicate key": Bad(400, raw=b'{"name": "A", "name": "canary-4711"}'),
    "a lone surrogate": Bad(400, raw=b'{"name": "canary-4711 \\ud800"}'),
    "NUL": Bad(400, raw=b'{"name": "canary-4711 \\u0000"}'),
    "a name of 1 MB": Bad(413, raw=b'{"name": "' + CANARY.encode() * 100_000 + b'"}'),
    "a name of 100 KB": Bad(422, {"name": CANARY * 10_000}),
    "deep JSON": Bad(400, raw=b'{"name":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    "no JSON": Bad(400, raw=CANARY.encode()),
    "a search for nothing": Bad(422, {}, path="/v1/contacts/search"),
    "no key": Bad(400, {"name": "A"}, key=None),
    "a stale version": Bad(
        412, {"name": CANARY}, method="PATCH", path="/v1/contacts/{contact}", headers={"If-Match": '"v99"'}
    ),
    "a stale version of a case": Bad(412, CHECK, path="/v1/cases/{case}/events", headers={"If-Match": '"v99"'}),
    "no version": Bad(428, {"name": CANARY}, method="PATCH", path="/v1/contacts/{contact}"),
    "no version of a case": Bad(428, CHECK, path="/v1/cases/{case}/events"),
    "an illegal step": Bad(409, {"event": "grant"}, path="/v1/cases/{case}/events", person="dana-decision-maker",
                           headers={"If-Match": '"v1"'}),
    "an unknown step": Bad(409, {"event": CANARY}, path="/v1/cases/{case}/events", headers={"If-Match": '"v1"'}),
    "an answer that is none": Bad(422, {"event": "check_completeness", "data": {"complete": CANARY}},
                                  path="/v1/cases/{case}/events", headers={"If-Match": '"v1"'}),
    "a case of no type": Bad(404, {"case_type": CANARY, "contact_id": "{contact}"}, path="/v1/cases"),
    "a case for nobody": Bad(404, {"case_type": "street-permit", "contact_id": NOBODY}, path="/v1/cases"),
    "a bundle that is none": Bad(422, {"bundle": f"key: {CANARY}\n"}, path="/v1/case_types", person="cody-case-designer"),
    "a letter with an unknown placeholder": Bad(
        422, {"key": "case-opened", "subject": "((salary))", "body": CANARY}, path="/v1/templates", person="kira-knowledge-editor"
    ),
    "no token": Bad(401, {"name": "A"}, person=None),
    "a token that is none": Bad(401, {"name": "A"}, person=None, headers={"Authorization": f"Bearer {CANARY}"}),
    "an unknown route": Bad(404, method="GET", path=f"/v1/{CANARY}"),
    "a contact that is not there": Bad(404, method="GET", path=f"/v1/contacts/{NOBODY}"),
    "another citizen's record": Bad(404, method="GET", path="/v1/contacts/{contact}", person="cleo-citizen"),
    "another department's case": Bad(404, method="GET", path="/v1/cases/{case}", person="otto-caseworker"),
    "another's office": Bad(403, {"name": "A"}, person="aude-auditor"),
    "a step that is another's": Bad(403, CHECK, path="/v1/cases/{case}/events", person="aude-auditor",
                                    headers={"If-Match": '"v1"'}),
    "a method that is not offered": Bad(405, method="DELETE", path="/v1/contacts/{contact}"),
}  # fmt: skip


@pytest.fixture(scope="module")
def there(suite: WholeSuite) -> dict[str, str]:
    """A contact and a case that nothing bad may change, once all that follows from them has happened."""
    contact = suite.contact()
    case = suite.case(contact["id"])

    def quiet() -> bool | None:
        letters = suite.sql("notifications", f"SELECT status FROM message WHERE case_id = '{case['id']}'")
        under_way = suite.sql("notifications", "SELECT FROM message WHERE status IN ('queued', 'sending')")
        return (bool(letters) and not under_way) or None

    eventually(quiet, "every letter at rest")
    return {"contact": contact["id"], "case": case["id"]}


def state(suite: WholeSuite, there: Mapping[str, str]) -> tuple[object, ...]:
    """Every table's rows, the two records, and how much each service has told so far."""
    told = "SELECT numbered + (SELECT count(*) FROM outbox WHERE sequence IS NULL) FROM stream"
    return (
        suite.rows(),
        {service: suite.sql(service, told) for service in STORES},
        suite.sql("contacts", f"SELECT contact::text FROM contact WHERE id = '{there['contact']}'"),
        suite.sql("cases", f"SELECT case_record::text FROM case_record WHERE id = '{there['case']}'"),
    )


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_bad_input_changes_nothing_and_is_not_repeated(suite: WholeSuite, there: dict[str, str], bad: Bad) -> None:
    before = state(suite, there)
    body = {k: v.format_map(there) if k == "contact_id" else v for k, v in bad.body.items()} if bad.body else bad.body

    answer = suite.ask(
        bad.person, bad.method, bad.path.format_map(there), body, raw=bad.raw, key=bad.key, headers=bad.headers
    )

    assert answer.status_code == bad.status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["status"] == bad.status
    assert answer.json()["trace"] == answer.headers["tellus-trace"]
    assert CANARY not in answer.text
    assert state(suite, there) == before


def forged(token: str) -> str:
    head, claims, signature = token.split(".")
    return f"{head}.{claims}.{signature[:-4]}{'AAAA' if signature[-4:] != 'AAAA' else 'BBBB'}"


def unsigned(token: str) -> str:
    return token.rpartition(".")[0] + "."


@pytest.mark.parametrize("spoil", [forged, unsigned], ids=["forged", "unsigned"])
def test_a_token_that_the_issuer_did_not_sign_opens_nothing(suite: WholeSuite, spoil: Callable[[str], str]) -> None:
    header = {"Authorization": f"Bearer {spoil(suite.token('ada-agent'))}"}

    answer = suite.ask(None, "GET", "/v1/me", headers=header)

    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)


def test_a_key_that_is_used_again_with_another_body_is_refused(suite: WholeSuite) -> None:
    key, name = uuid4().hex, f"Key {uuid4().hex}"
    first = suite.ask("ada-agent", "POST", "/v1/contacts", {"name": name}, key=key)
    before = suite.rows()

    again = suite.ask("ada-agent", "POST", "/v1/contacts", {"name": name}, key=key)
    other = suite.ask("ada-agent", "POST", "/v1/contacts", {"name": CANARY}, key=key)

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (other.status_code, other.headers["content-type"]) == (422, PROBLEM)
    assert CANARY not in other.text
    assert suite.rows() == before


def test_an_illegal_step_names_the_legal_ones(suite: WholeSuite, there: dict[str, str]) -> None:
    path = f"/v1/cases/{there['case']}/events"

    refused = suite.ask("carl-caseworker", "POST", path, {"event": "assess"}, version=1)

    assert (refused.status_code, refused.json()["code"]) == (409, "cases.illegal_step")
    assert set(refused.json()["details"]["legal"]) == {"check_completeness", "withdraw"}
