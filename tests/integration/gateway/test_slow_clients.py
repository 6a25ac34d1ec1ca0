"""Who says little, or says it slowly, is let go of, and nobody else waits for them."""

import socket
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.performance.slow_clients import Normal
from tests.support.edge_process import EdgeProcess, edge_process
from tests.support.framing_vectors import TOKEN, get
from tests.support.raw_http import Connection
from tests.support.slow import Attack, counts, slow_connections

CONNECTIONS = 300
HEADER_SECONDS = 1.5
IN_FLIGHT = 48
EACH = 6


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeProcess]:
    bounds = {"header_seconds": HEADER_SECONDS, "body_grace_seconds": 1, "in_flight": IN_FLIGHT, "bodies_each": EACH}
    with edge_process(tmp_path_factory.mktemp("edge"), **bounds) as running:
        yield running


def test_300_slow_connections_hurt_nobody(gateway: EdgeProcess) -> None:
    with slow_connections(Attack(gateway.port, gateway.token, CONNECTIONS)) as attackers:
        assert any(counts(attackers)["open"] >= CONNECTIONS * 0.9 for _ in range(20))
        asked = Normal(gateway).ask_for(5)
        ends: Counter[str] = Counter()
        deadline = time.monotonic() + 20
        while len({"silent: closed", "slow headers: closed", "slow body: 408"} & set(ends)) < 3:
            assert time.monotonic() < deadline, ends
            ends = counts(attackers)

    assert asked.failed == 0
    assert len(asked.seconds) > 50
    assert {end for end in ends if ":" in end} <= {
        "silent: closed",
        "slow headers: closed",
        "slow body: 408",
        "slow body: 429",
        "slow body: 503",
    }


@pytest.mark.parametrize("said", [b"", b"GET /v1/me HTT", b"GET /v1/me HTTP/1.1\r\nHost: x\r\n"])
def test_a_connection_that_says_no_whole_request_is_closed(gateway: EdgeProcess, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=HEADER_SECONDS * 4) as quiet:
        quiet.sendall(said)
        began = time.monotonic()
        assert quiet.recv(1) == b""
        assert time.monotonic() - began < HEADER_SECONDS * 2


def test_a_connection_kept_alive_is_closed_when_nothing_more_comes(gateway: EdgeProcess) -> None:
    with Connection(gateway.port) as kept:
        first = kept.exchange(get().replace(TOKEN, gateway.token.encode()), expected=1)
        assert (first.answers[0].status, first.closed) == (200, False)

        assert kept.exchange(b"", expected=1).closed


def test_one_client_has_only_so_many_bodies_under_way_and_another_is_not_kept_waiting(gateway: EdgeProcess) -> None:
    half = (
        b"POST /v1/contacts HTTP/1.1\r\nHost: tellus.test\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"
        b"Authorization: Bearer " + gateway.token.encode() + b"\r\nContent-Length: 2\r\n\r\n{"
    )
    before = len(gateway.seen())
    begun = [Connection(gateway.port, "127.0.2.1") for _ in range(EACH)]
    for connection in begun:
        connection.say(half)
    deadline = time.monotonic() + 5
    while len(gateway.seen()) < before + EACH:
        assert time.monotonic() < deadline
    with Connection(gateway.port, "127.0.2.1") as same, Connection(gateway.port, "127.0.2.2") as other:
        (refused,) = same.exchange(half, expected=1).answers
        (taken,) = other.exchange(half + b"}", expected=1).answers
    assert (refused.status, b"too_many_bodies" in refused.body) == (429, True)
    assert int(refused.headers["retry-after"]) > 0
    assert taken.status == 422
    for connection in begun:
        with connection:
            assert connection.exchange(b"}", expected=1).answers[0].status in {408, 422}


def test_a_reader_that_never_reads_holds_nobody_up(gateway: EdgeProcess) -> None:
    asking = b"GET /openapi.json HTTP/1.1\r\nHost: tellus.test\r\n\r\n"
    deaf = []
    for _ in range(50):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        connection.connect(("127.0.0.1", gateway.port))
        connection.sendall(asking * 20)
        deaf.append(connection)

    asked = Normal(gateway).ask_for(1)

    assert asked.failed == 0
    for connection in deaf:
        connection.close()
