"""A session that ends, ends on every gateway within a second, whoever ended it; and its holder sees and ends it by route."""

import base64
import json
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import httpx
import psycopg
import pytest

from shared.clock import now
from shared.ids import new_id
from tests.integration.gateway.test_recording import plain
from tests.support.processes import Starter
from tests.support.revoking import Replicas, replicas
from tests.support.servers import FreshDatabase, FreshVhost

ORIGIN = "https://tellus.test"
ONE_SECOND = 1.0
ME = "/v1/me"


@pytest.fixture
def two(processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]) -> Iterator[Replicas]:
    more = {
        "GATEWAY_SESSION_KEY": json.dumps({"1": base64.b64encode(secrets.token_bytes(32)).decode()}),
        "GATEWAY_PUBLIC_URL": ORIGIN,
    }
    with replicas(processes, vhost, database("gateway"), more=more, client_id="tellus-gateway") as running:
        yield running


def signed_in(two: Replicas, holder: str) -> str:
    """What a browser of theirs holds; put into the store as a sign-in does."""
    held, moment = secrets.token_urlsafe(32), now()
    at = int(moment.timestamp())
    identity = {"kind": "staff", "roles": ["agent"], "department": "city", "assurance": "aal2"}
    row = {
        "id": new_id(),
        "digest": sha256(held.encode()).digest(),
        "actor": UUID(holder),
        "issuer": two.issuer.address,
        "identity": json.dumps(identity | {"contact_id": None, "authenticated_at": at}),
        "department": "city",
        "assurance": "aal2",
        "version": 1,
        "browser": "firefox",
        "began_at": moment,
        "seen_at": moment,
        "ends_at": moment + timedelta(hours=8),
    }
    with psycopg.connect(plain(two.store.url), autocommit=True) as connection:
        names, places = ", ".join(row), ", ".join(f"%({name})s" for name in row)
        connection.execute(f"INSERT INTO session ({names}) VALUES ({places})".encode(), row)
    return held


def by_session(two: Replicas, method: str, path: str, held: str, *, at: int = 0) -> httpx.Response:
    sent = {"Cookie": f"__Host-tellus={held}", "Origin": ORIGIN, "Tellus-CSRF": "1", "Sec-Fetch-Site": "same-origin"}
    return httpx.request(method, f"http://127.0.0.1:{two.ports[at]}{path}", headers=sent, timeout=5)


def seconds_until_out(two: Replicas, end: Callable[[], httpx.Response], held: str) -> list[float]:
    assert [by_session(two, "GET", ME, held, at=at).status_code for at in (0, 1)] == [200, 200]
    answered = end()
    assert answered.is_success, answered.text
    begun, after = time.monotonic(), [float("inf")] * 2
    while float("inf") in after and time.monotonic() < begun + 5:
        for at in (0, 1):
            asked = time.monotonic()
            if after[at] == float("inf") and by_session(two, "GET", ME, held, at=at).status_code == 401:
                after[at] = asked - begun
    return after


def test_whoever_ends_a_session_ends_it_everywhere_within_a_second(two: Replicas) -> None:
    carl = two.provision("carl")
    officer, administrator = two.token("security_officer", sub="seth"), two.token("administrator", sub="abel")
    here, there = signed_in(two, carl), signed_in(two, carl)

    listed = by_session(two, "GET", "/v1/me/sessions", here).json()["items"]
    assert [one["current"] for one in listed].count(True) == 1
    (other,) = [one["id"] for one in listed if not one["current"]]
    took = {
        "their own": seconds_until_out(two, lambda: by_session(two, "DELETE", f"/v1/me/sessions/{other}", here), there)
    }
    assert by_session(two, "GET", ME, here).status_code == 200

    took["an officer"] = seconds_until_out(
        two, lambda: two.ask("DELETE", f"/v1/actors/{carl}/sessions", token=officer), here
    )
    again = signed_in(two, carl)
    took["leaving"] = seconds_until_out(
        two, lambda: two.ask("POST", f"/v1/staff/{carl}/deactivate", token=administrator, json={}), again
    )
    assert max(seconds for pair in took.values() for seconds in pair) < ONE_SECOND, took


def test_nobody_elses_session_is_ended_by_its_number(two: Replicas) -> None:
    carl, otto = two.provision("carl"), two.provision("otto")
    mine, theirs = signed_in(two, carl), signed_in(two, otto)
    (other,) = by_session(two, "GET", "/v1/me/sessions", theirs).json()["items"]

    refused = by_session(two, "DELETE", f"/v1/me/sessions/{other['id']}", mine)

    assert refused.status_code == 404
    assert by_session(two, "GET", ME, theirs, at=1).status_code == 200
    assert by_session(two, "GET", f"/v1/actors/{otto}/sessions", mine).status_code == 403
