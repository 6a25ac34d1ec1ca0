"""The gateway as it runs: a real listener, a real broker, a real store, the real contacts service."""

import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from tests.integration.gateway.test_recording import plain, reopen, shut
from tests.support.issuing import LoopbackIssuer, issuing
from tests.support.processes import Process, Starter, free_port
from tests.support.servers import FreshDatabase, FreshVhost

CASE = "/v1/cases/019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d10"


@dataclass
class Running:
    """A gateway with its surroundings."""

    process: Process
    issuer: LoopbackIssuer
    store: FreshDatabase
    port: int
    vhost: FreshVhost

    def ask(
        self, method: str, path: str, *, role: str = "agent", headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.issuer.token(role)}"}
        if method == "POST":
            sent["Idempotency-Key"] = uuid4().hex
        address = f"http://127.0.0.1:{self.port}{path}"
        return httpx.request(method, address, headers=sent | dict(headers or {}), timeout=10, **more)

    def facts(self, key: str) -> list[dict[str, Any]]:
        with psycopg.connect(plain(self.store.url)) as connection:
            rows = connection.execute("SELECT body FROM outbox WHERE routing_key = %s ORDER BY id", [key])
            return [json.loads(row[0]) for row in rows]


@pytest.fixture
def gateway(processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]) -> Iterator[Running]:
    store, port = database("gateway"), free_port()
    with issuing() as issuer:
        environment = {
            "PREFIX": "gateway",
            "GATEWAY_DATABASE_URL": store.url,
            "GATEWAY_AMQP_URL": vhost.amqp_url,
            "GATEWAY_SIGNING_KEY": processes.keys.private["gateway"],
            "GATEWAY_ISSUERS": json.dumps([{"issuer": issuer.address, "kind": "by_role"}]),
            "GATEWAY_PORT": str(port),
            "GATEWAY_CALL_SECONDS": "1.5",
            "GATEWAY_BODY_SECONDS": "1",
        }
        process = processes.start("gateway", "-m", "services.gateway.processes.serve", environment=environment)
        yield Running(process.await_ready(), issuer, store, port, vhost)


@pytest.fixture
def contacts(gateway: Running, processes: Starter, database: Callable[[str], FreshDatabase]) -> FreshDatabase:
    store = database("contacts")
    processes.service("services.contacts.service:ContactsService", database_url=store.url, vhost=gateway.vhost)
    return store


@pytest.mark.usefixtures("contacts")
def test_a_contact_is_registered_read_changed_and_every_look_is_on_record(gateway: Running) -> None:
    wish = {"name": "Siân Ó Briain", "email": "sian@example.org", "phone": "020 7946 0018"}
    key = {"Idempotency-Key": "one-of-a-kind"}
    made = gateway.ask("POST", "/v1/contacts", json=wish, headers=key)
    assert made.status_code == 201, made.text
    address, tag = made.headers["location"], made.headers["etag"]

    again = gateway.ask("POST", "/v1/contacts", json=wish, headers=key)
    assert again.json() == made.json()
    reused = gateway.ask("POST", "/v1/contacts", json=wish | {"name": "Somebody Else"}, headers=key)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency.reused")

    amended = gateway.ask("PATCH", address, json={"phone": "020 7946 0019"}, headers={"If-Match": tag})
    assert amended.status_code == 200, amended.text
    assert amended.headers["etag"] == '"v2"'
    stale = gateway.ask("PATCH", address, json={"name": "X"}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")

    assert gateway.ask("GET", address).json()["phone"] == "+442079460019"
    masked = gateway.ask("GET", address, role="auditor").json()
    assert masked["name"] is None
    assert "name" in masked["hidden"]
    found = gateway.ask("POST", "/v1/contacts/search", json={"email": "sian@example.org"}).json()
    assert [contact["id"] for contact in found["items"]] == [made.json()["id"]]
    nobody = gateway.ask("GET", f"/v1/contacts/{uuid4()}")
    assert (nobody.status_code, nobody.headers["content-type"]) == (404, "application/problem+json")

    looks = gateway.facts("data.accessed.v1")
    operations = [look["data"]["operation"] for look in looks]
    assert operations == [
        "register_contact",
        "register_contact",
        "amend_contact",
        "get_contact",
        "get_contact",
        "find_contacts",
    ]
    assert "name" in looks[4]["data"]["hidden"]
    assert "sian" not in json.dumps(looks).lower()
    assert {UUID(str(look["subject"])) for look in looks} == {UUID(made.json()["id"]), UUID(str(looks[5]["actor"]))}
    assert len(gateway.facts("actor.enrolled.v1")) == 2


@pytest.mark.usefixtures("contacts")
def test_nothing_is_shown_or_changed_while_the_store_is_away(gateway: Running) -> None:
    address = gateway.ask("POST", "/v1/contacts", json={"name": "Siân Example"}).headers["location"]
    shut(gateway.store)

    hidden = gateway.ask("GET", address)
    unmade = gateway.ask("POST", "/v1/contacts", json={"name": "Never Made"})
    assert (hidden.status_code, unmade.status_code) == (503, 503)
    assert int(hidden.headers["retry-after"]) > 0
    assert "Siân" not in hidden.text
    gateway.process.await_unready(5)  # the stores are asked every second

    reopen(gateway.store)
    gateway.process.await_ready()
    assert gateway.ask("GET", address).json()["name"] == "Siân Example"
    assert gateway.ask("POST", "/v1/contacts/search", json={"name": "Never Made"}).json()["items"] == []


def test_a_service_that_is_away_is_unavailable_within_its_time(gateway: Running) -> None:
    reply = gateway.ask("GET", CASE, role="caseworker")

    assert (reply.status_code, reply.json()["code"]) == (503, "callee_silent")
    assert reply.elapsed.total_seconds() < 4


def test_a_denied_caller_is_on_record(gateway: Running) -> None:
    reply = gateway.ask("POST", "/v1/case_types", json={"bundle": "x"}, role="agent")

    assert reply.status_code == 403
    (denied,) = gateway.facts("access.denied.v1")
    assert denied["data"]["operation"] == "add_case_type"


def test_the_public_listener_has_the_api_and_nothing_else(gateway: Running) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert httpx.get(f"http://127.0.0.1:{gateway.port}{path}").status_code == 404
    assert httpx.get(f"http://127.0.0.1:{gateway.process.health_port}/metrics").status_code == 200
    assert httpx.get(f"http://127.0.0.1:{gateway.port}/openapi.json").json()["openapi"] == "3.1.0"
    page = httpx.get(f"http://127.0.0.1:{gateway.port}/docs")
    assert page.status_code == 200
    assert page.headers.get_list("server") == ["tellus"]


def test_a_stop_lets_what_is_under_way_finish(gateway: Running) -> None:
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(gateway.ask("GET", CASE, role="caseworker")))
    asking.start()
    while asking.is_alive() and CASE.rpartition("/")[2] not in _waiting(gateway):
        asking.join(0.02)
    assert asking.is_alive()
    gateway.process.popen.send_signal(signal.SIGTERM)

    assert gateway.process.popen.wait(10) == 0
    asking.join(5)
    assert [answer.status_code for answer in answers] == [503]
    assert answers[0].json()["code"] == "callee_silent"


@pytest.mark.parametrize(
    ("framing", "body", "status"),
    [
        ("Content-Length: 100", b"{", b"408"),
        ("Transfer-Encoding: chunked", b"1\r\n{\r\n", b"408"),
        ("Transfer-Encoding: chunked", b"zz\r\n{\r\n", b"400"),
        ("Content-Length: 1000000", b"{", b"413"),
    ],
    ids=["half a body", "half a chunked body", "a chunk of no size", "too large a body"],
)
def test_a_body_that_does_not_come_is_not_waited_for(
    gateway: Running, framing: str, body: bytes, status: bytes
) -> None:
    head = (
        "POST /v1/contacts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"
        f"Authorization: Bearer {gateway.issuer.token('agent')}\r\n{framing}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as half:
        half.sendall(head.encode() + body)
        assert gateway.ask("GET", "/v1/me").status_code == 200
        assert half.recv(65_536).split(b" ")[1] == status
    assert gateway.ask("GET", "/v1/me").status_code == 200


def _waiting(gateway: Running) -> str:
    """Which calls lie in the broker's queue for the cases service."""
    address = f"{gateway.vhost.management_url}/api/queues/{gateway.vhost.name}/rpc-cases/get"
    asked = {"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}
    return httpx.post(address, json=asked, timeout=5).text
