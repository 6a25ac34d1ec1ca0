"""What arrives at the log's queue is an event, a heartbeat, or put aside with its digest: never a reason to stop."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
import pytest

from services.audit.processes.taking_in import Heartbeat, Quarantined, take_in, unstorable

AT = datetime(2026, 1, 1, tzinfo=UTC)


def heartbeat(**data: Any) -> bytes:
    good = {"producer": "cases", "epoch": "0198", "sequence": "0000000000000007", "head": None}
    return orjson.dumps({"type": "tellus.heartbeat.v1", "data": good | data})


def test_a_heartbeat_says_how_far_a_stream_goes() -> None:
    assert take_in(heartbeat(), AT) == Heartbeat("cases", "0198", 7)


@pytest.mark.parametrize(
    "data",
    [
        {"producer": "x\x00"},
        {"producer": ""},
        {"producer": 7},
        {"epoch": None},
        {"epoch": "e" * 65},
        {"sequence": "99999999999999999999999"},
        {"sequence": "-000000000000005"},
        {"sequence": 5},
    ],
)
def test_a_heartbeat_that_no_stream_has_is_put_aside(data: dict[str, Any]) -> None:
    body = heartbeat(**data)
    taken = take_in(body, AT)
    assert isinstance(taken, Quarantined)
    assert taken.digest == sha256(body).hexdigest()


@pytest.mark.parametrize(
    "body", [b"", b"\x80", b"[]", b"null", b'"tellus.heartbeat.v1"', b'{"type":"tellus.heartbeat.v1"}']
)
def test_what_is_neither_is_put_aside(body: bytes) -> None:
    assert isinstance(take_in(body, AT), Quarantined)


def test_what_the_store_will_not_have_leaves_a_digest() -> None:
    assert unstorable(Heartbeat("cases", "e", 1), "DataError").reason == "DataError"
