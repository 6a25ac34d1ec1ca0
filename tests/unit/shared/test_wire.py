"""Plain JSON both ways, and calls that nobody waits for any more are told from the others."""

from uuid import UUID

import orjson
import pytest
from kombu import serialization
from kombu.exceptions import ContentDisallowed

from shared.call import fingerprint
from shared.contracts.envelope import CONTENT_TYPE
from shared.rpc.wire import ACCEPT, expired, register_serializers

register_serializers()
ACCEPTED = serialization.prepare_accept_content(ACCEPT)


@pytest.fixture(autouse=True)
def serializers() -> None:
    register_serializers()


@pytest.mark.parametrize(
    ("deadline", "now", "over"), [(100.0, 100.1, True), (100.0, 100.0, False), (100.0, 99.0, False), (0.0, 1e12, False)]
)
def test_a_call_is_over_once_its_deadline_has_passed(deadline: float, now: float, over: bool) -> None:
    assert expired(deadline, now=now) is over


def test_the_present_decides_where_no_moment_is_given() -> None:
    assert expired(1.0)
    assert not expired(9_999_999_999.0)


@pytest.mark.parametrize(("name", "content_type"), [("json", "application/json"), ("cloudevent", CONTENT_TYPE)])
def test_a_body_is_plain_json_in_utf_8(name: str, content_type: str) -> None:
    told, encoding, body = serialization.dumps({"name": "Siân", "id": UUID(int=1)}, serializer=name)
    assert (told, encoding) == (content_type, "utf-8")
    assert orjson.loads(body) == {"name": "Siân", "id": str(UUID(int=1))}
    assert serialization.loads(body, told, encoding, accept=ACCEPTED) == {"name": "Siân", "id": str(UUID(int=1))}


@pytest.mark.parametrize("serializer", ["pickle", "yaml"])
def test_nothing_is_read_that_could_run_code(serializer: str) -> None:
    told, encoding, body = serialization.dumps({"a": 1}, serializer=serializer)
    with pytest.raises(ContentDisallowed):
        serialization.loads(body, told, encoding, accept=ACCEPTED)


def test_requests_that_differ_have_different_fingerprints() -> None:
    assert fingerprint(b'{"a":1}') == fingerprint(b'{"a":1}')
    assert fingerprint(b'{"a":1}') != fingerprint(b'{"a":2}')
    assert len(fingerprint(b"")) == 32
