"""Requests that two readers could take differently: each refused, or taken in the one reading that the RFC permits."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.support.edge_process import EdgeProcess, edge_process
from tests.support.framing_vectors import TOKEN, VECTORS, Vector, get
from tests.support.raw_http import Connection, RawAnswer

READ_HERE: Final = {"authorization", "host", "content-length", "content-type", "idempotency-key"}
SECURITY: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "server": "tellus",
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeProcess]:
    with edge_process(tmp_path_factory.mktemp("edge")) as running:
        yield running


def test_there_are_vectors_of_every_kind() -> None:
    assert len(VECTORS) >= 45
    assert len({vector.name for vector in VECTORS}) == len(VECTORS)
    assert sum(vector.refused for vector in VECTORS) >= 45


@pytest.mark.parametrize("vector", VECTORS, ids=[vector.name for vector in VECTORS])
def test_it_has_one_outcome(gateway: EdgeProcess, vector: Vector) -> None:
    before = len(gateway.seen())
    token = gateway.token.encode()
    with Connection(gateway.port) as connection:
        got = connection.exchange(vector.sent.replace(TOKEN, token), expected=len(vector.answers))
        assert [answer.status for answer in got.answers] == list(vector.answers)
        assert got.rest == b""
        assert got.closed == vector.closed
        if not got.closed:  # whoever comes next on this connection gets their own answer
            (answer,) = connection.exchange(get().replace(TOKEN, token), expected=1).answers
            assert (answer.status, b'"roles":["agent"]' in answer.body) == (200, True)

    reached = gateway.seen()[before:]
    asked = [one["asked"] for one in reached]
    assert asked == [*vector.reaches, *(["GET /v1/me"] if not vector.closed else [])]
    assert all(set(one["headers"]) <= READ_HERE for one in reached)
    for answer in got.answers:
        _check(answer, vector)


def _check(answer: RawAnswer, vector: Vector) -> None:
    if answer.status == 100 or answer.status < 300:
        return
    assert answer.status < 500
    if vector.bare or (answer.status == 400 and not answer.body):
        # the server's own: it says nothing but the status, and it hangs up
        assert (answer.headers["connection"], answer.body) == ("close", b"")
        return
    assert answer.headers["content-type"] == "application/problem+json"
    assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
    assert "strict-transport-security" in answer.headers
    for said in (b"admin", b"elsewhere", b"smuggled", b"10.0.0.1"):
        assert said not in answer.body
