"""Whatever is sent: a problem with the right status, nothing asked of an owner, nothing echoed, no 5xx."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.gateway.edge.bounds import Bounds
from tests.support.gateway import Gateway, Reply

CANARY = "canary-4711"
CONTACT = "/v1/contacts/019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
CASE = "/v1/cases/019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d10"


@dataclass(frozen=True)
class Bad:
    """One bad request, and the answer it deserves."""

    status: int
    code: str
    method: str = "POST"
    path: str = "/v1/contacts"
    body: Any = ...
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    more_headers: tuple[tuple[bytes, bytes], ...] = ()
    key: bool = True
    roles: tuple[str, ...] = ("caseworker",)


V1 = {"If-Match": '"v1"'}
BAD = {
    "an unknown field": Bad(422, "malformed", body={"name": "A", CANARY: 1}),
    "an owner's field": Bad(422, "malformed", body={"name": "A", "id": CANARY}),
    "a missing field": Bad(422, "malformed", body={"email": f"{CANARY}@example.org"}),
    "a number for a name": Bad(422, "malformed", body={"name": 4711}),
    "text for a list": Bad(422, "malformed", "PATCH", CONTACT, body={"remove": CANARY}, headers=V1),
    "null for a name": Bad(422, "malformed", body={"name": None}),
    "null in a change": Bad(422, "malformed", "PATCH", CONTACT, body={"email": None}, headers=V1),
    "a choice that is none": Bad(422, "malformed", body={"name": "A", "kind": CANARY}),
    "a name with a line break": Bad(422, "malformed", body={"name": f"{CANARY}\nBcc: x"}),
    "a name of 201 characters": Bad(422, "malformed", body={"name": CANARY + "x" * 200}),
    "half of a pair of fields": Bad(422, "malformed", body={"name": "A", "source": "old"}),
    "no UUID for an id": Bad(422, "malformed", path="/v1/cases", body={"case_type": "a", "contact_id": f"{CANARY}zzz"}),
    "a moment without its offset": Bad(
        422,
        "malformed",
        path=f"{CONTACT}/interactions",
        body={"channel": "phone", "subject": "x", "occurred_at": "2026-01-01T00:00:00"},
    ),
    "seconds for a moment": Bad(
        422, "malformed", path=f"{CONTACT}/interactions", body={"channel": "phone", "subject": "x", "occurred_at": "1700000000"}
    ),
    "a number for a moment": Bad(
        422, "malformed", path=f"{CONTACT}/interactions", body={"channel": "phone", "subject": "x", "occurred_at": 1700000000}
    ),
    "seconds for a moment in a parameter": Bad(422, "malformed", "GET", "/v1/audit/entries?until=0.5", roles=("auditor",)),
    "the version in the body": Bad(422, "malformed", "PATCH", CONTACT, body={"version": 1}, headers=V1),
    "a list for a body": Bad(422, "malformed", body=[CANARY]),
    "too large a page": Bad(422, "malformed", path="/v1/contacts/search", body={"name": "A", "limit": 101}),
    "a boolean for a limit": Bad(422, "malformed", path="/v1/contacts/search", body={"name": "A", "limit": True}),
    "a cursor that is none": Bad(422, "cursor_invalid", path="/v1/contacts/search", body={"name": "A", "cursor": f"{CANARY}!"}),
    "NaN": Bad(400, "not_json", raw=b'{"name": NaN}'),
    "infinity": Bad(400, "not_json", raw=b'{"name": "A", "x": Infinity}'),
    "a duplicate name": Bad(400, "not_json", raw=b'{"name": "A", "name": "canary-4711"}'),
    "a lone surrogate": Bad(400, "not_json", raw=b'{"name": "canary-4711 \\ud800"}'),
    "NUL": Bad(400, "not_json", raw=b'{"name": "canary-4711 \\u0000"}'),
    "an integer beyond 53 bits": Bad(400, "not_json", raw=b'{"name": 123456789012345678901234567890}'),
    "deep JSON": Bad(400, "not_json", raw=b'{"name":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    "endless brackets": Bad(400, "not_json", raw=b"[" * 200_000),
    "half a document": Bad(400, "not_json", raw=b'{"name": "canary-4711'),
    "an empty body": Bad(400, "not_json", raw=b""),
    "UTF-16": Bad(400, "not_json", raw='{"name": "canary-4711"}'.encode("utf-16")),
    "a name of 1 MB": Bad(413, "too_large", raw=b'{"name": "' + b"x" * 1_000_000 + b'"}'),
    "a length of 1 TB": Bad(413, "too_large", raw=b"{}", headers={"content-length": "1000000000000"}),
    "a length that is none": Bad(400, "framing.length", raw=b"{}", headers={"content-length": "-1"}),
    "a name with an underscore": Bad(400, "framing.header_name", "GET", CONTACT, headers={"X_User_Id": CANARY}),
    "a form": Bad(415, "unsupported_media_type", raw=b"name=A", headers={"content-type": "application/x-www-form-urlencoded"}),
    "JSON called text": Bad(415, "unsupported_media_type", raw=b"{}", headers={"content-type": "text/plain"}),
    "JSON in Latin-1": Bad(415, "unsupported_media_type", raw=b"{}", headers={"content-type": "application/json; charset=latin-1"}),
    "compressed JSON": Bad(415, "unsupported_media_type", raw=b"{}", headers={"content-encoding": "gzip"}),
    "two content types": Bad(400, "malformed", raw=b"{}", more_headers=((b"content-type", b"application/json"),)),
    "no idempotency key": Bad(400, "idempotency.key_missing", body={"name": "A"}, key=False),
    "an empty idempotency key": Bad(400, "idempotency.key_missing", body={"name": "A"}, headers={"idempotency-key": ""}),
    "an idempotency key of 10 KB": Bad(400, "idempotency.key_malformed", body={"name": "A"}, headers={"idempotency-key": "k" * 10_000}),
    "two idempotency keys": Bad(400, "malformed", body={"name": "A"}, more_headers=((b"idempotency-key", b"other"),)),
    "no version": Bad(428, "version_required", "PATCH", CONTACT, body={"name": "A"}),
    "any version": Bad(428, "version_required", "PATCH", CONTACT, body={"name": "A"}, headers={"If-Match": "*"}),
    "a weak version": Bad(412, "stale", "PATCH", CONTACT, body={"name": "A"}, headers={"If-Match": 'W/"v1"'}),
    "a version that never was": Bad(412, "stale", "PATCH", CONTACT, body={"name": "A"}, headers={"If-Match": '"v99999999999999999999"'}),
    "a foreign version": Bad(412, "stale", "PATCH", CONTACT, body={"name": "A"}, headers={"If-Match": '"33a64df5"'}),
    "several versions": Bad(400, "malformed", "PATCH", CONTACT, body={"name": "A"}, headers={"If-Match": '"v1", "v2"'}),
    "a bare version": Bad(400, "malformed", "PATCH", CONTACT, body={"name": "A"}, headers={"If-Match": "v1"}),
    "a step without a version": Bad(428, "version_required", path=f"{CASE}/events", body={"event": "accept"}),
    "a step without a key": Bad(400, "idempotency.key_missing", path=f"{CASE}/events", body={"event": "accept"}, headers=V1, key=False),
    "an unknown address": Bad(404, "not_found", "GET", f"/v1/{CANARY}"),
    "an address outside": Bad(404, "not_found", "GET", f"/{CANARY}/../../etc/passwd"),
    "an id that is none": Bad(404, "not_found", "GET", f"/v1/contacts/{CANARY}"),
    "an id in another spelling": Bad(404, "not_found", "GET", CONTACT.replace("-", "")),
    "an id with a line break": Bad(404, "not_found", "GET", f"{CONTACT}\n"),
    "an id in other digits": Bad(404, "not_found", "GET", CONTACT.replace("0", "\u0660")),
    "a slash at the end": Bad(404, "not_found", "GET", f"{CONTACT}/"),
    "two slashes": Bad(404, "not_found", "GET", CONTACT.replace("/v1/", "/v1//")),
    "another version of the API": Bad(404, "not_found", "GET", CONTACT.replace("/v1/", "/v0/")),
    "a case type that cannot be one": Bad(404, "not_found", "GET", "/v1/case_types/A%20B"),
    "a method that is not offered": Bad(405, "method_not_allowed", "DELETE", CONTACT),
    "a method that nobody offers": Bad(405, "method_not_allowed", "TRACE", CONTACT),
    "a method in small letters": Bad(405, "method_not_allowed", "get", CONTACT),
    "an unknown parameter": Bad(422, "malformed", "GET", f"/v1/cases?{CANARY}=1"),
    "a parameter on a write": Bad(422, "malformed", path=f"/v1/contacts?{CANARY}=1", body={"name": "A"}),
    "a repeated parameter": Bad(422, "malformed", "GET", "/v1/cases?limit=1&limit=2"),
    "a limit of 0": Bad(422, "malformed", "GET", "/v1/cases?limit=0"),
    "a negative limit": Bad(422, "malformed", "GET", "/v1/cases?limit=-1"),
    "a limit with an underscore": Bad(422, "malformed", "GET", "/v1/cases?limit=1_0"),
    "a limit of 21 digits": Bad(422, "malformed", "GET", "/v1/cases?limit=100000000000000000000"),
    "an empty limit": Bad(422, "malformed", "GET", "/v1/cases?limit="),
    "a boolean that is none": Bad(422, "malformed", "GET", "/v1/cases?open=yes"),
    "no UUID in a parameter": Bad(422, "malformed", "GET", f"/v1/cases?contact_id={CANARY}"),
    "a cursor of 1 KB": Bad(422, "cursor_invalid", "GET", f"/v1/cases?cursor={'x' * 1000}"),
    "NUL in a parameter": Bad(400, "malformed", "GET", "/v1/cases?state=a%00"),
    "bytes that are no text in a parameter": Bad(400, "malformed", "GET", "/v1/cases?state=%ff%fe"),
    "100 parameters": Bad(400, "malformed", "GET", "/v1/cases?" + "&".join(f"a{n}=1" for n in range(100))),
    "a purpose that is empty": Bad(422, "malformed", "GET", CONTACT, headers={"Tellus-Purpose": ""}),
    "a purpose that is no code": Bad(422, "malformed", "GET", CONTACT, headers={"Tellus-Purpose": f"{CANARY} because!"}),
    "a purpose given twice": Bad(
        400, "malformed", "GET", CONTACT, more_headers=((b"tellus-purpose", b"a"), (b"tellus-purpose", b"b"))
    ),
}  # fmt: skip


def send(gateway: Gateway, bad: Bad) -> Reply:
    return gateway.ask(
        bad.method,
        bad.path,
        roles=bad.roles,
        body=bad.body,
        raw=bad.raw,
        headers=bad.headers,
        more_headers=bad.more_headers,
        key=bad.key,
    )


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_bad_input_gets_the_problem_it_deserves(bad: Bad) -> None:
    gateway = Gateway()

    reply = send(gateway, bad)

    assert (reply.status, reply.json["code"]) == (bad.status, bad.code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["status"] == bad.status
    assert reply.json["trace"] == reply.headers["tellus-trace"]
    assert CANARY not in reply.body.decode()
    assert gateway.owners.asked == []


def test_a_method_that_is_not_offered_is_answered_with_those_that_are() -> None:
    assert send(Gateway(), BAD["a method that is not offered"]).headers["allow"] == "GET, HEAD, PATCH"


def test_every_mistake_is_named_by_its_place() -> None:
    reply = Gateway().ask("POST", "/v1/contacts", body={"kind": "ghost", "email": 7})

    assert {mistake["pointer"] for mistake in reply.json["errors"]} == {"/kind", "/name", "/email"}


def test_a_body_that_breaks_off_is_answered() -> None:
    gateway = Gateway(more={"body_seconds": 0.05})

    reply = gateway.ask("POST", "/v1/contacts", raw=b"", headers={"content-length": "10"})

    assert reply.status == 400


def test_a_request_is_told_to_come_back_when_too_many_are_under_way() -> None:
    gateway = Gateway(more={"in_flight": 1})
    busy = _bounds(gateway)
    busy.serving = 1

    reply = gateway.ask("GET", CONTACT)

    assert (reply.status, reply.json["code"]) == (503, "busy")
    assert int(reply.headers["retry-after"]) > 0


def _bounds(gateway: Gateway) -> Bounds:
    layer: Any = gateway.app.build_middleware_stack()
    gateway.app.middleware_stack = layer
    while not isinstance(layer, Bounds):
        layer = layer.app
    return layer
