"""Looks into queues, for tests: what is there, in which order."""

import contextlib
import time
from typing import Any

import orjson
from kombu import Connection

from shared.rpc.wire import register_serializers
from tests.support.servers import FreshVhost


def drain(vhost: FreshVhost, queue: str, *, expected: int, seconds: float = 20) -> list[dict[str, Any]]:
    """The bodies in `queue`, in order, acknowledged: at least `expected` of them, or what came in time."""
    return [orjson.loads(body) for body in drain_bytes(vhost, queue, expected=expected, seconds=seconds)]


def drain_bytes(vhost: FreshVhost, queue: str, *, expected: int, seconds: float = 20) -> list[bytes]:
    """The same as raw bytes."""
    return [
        bytes(m.body) if not isinstance(m.body, str) else m.body.encode() for m in take(vhost, queue, expected, seconds)
    ]


def take(vhost: FreshVhost, queue: str, expected: int, seconds: float = 20) -> list[Any]:
    """The messages in `queue`, acknowledged."""
    register_serializers()
    found: list[Any] = []
    deadline = time.monotonic() + seconds
    with Connection(vhost.amqp_url) as connection:
        channel = connection.channel()
        channel.basic_qos(0, 200, a_global=False)

        def arrived(message: Any) -> None:
            found.append(message)
            channel.basic_ack(message.delivery_tag)

        channel.basic_consume(queue, callback=arrived)
        while time.monotonic() < deadline:
            before = len(found)
            with contextlib.suppress(TimeoutError):
                connection.drain_events(timeout=0.5)
            if len(found) == before and len(found) >= expected:
                break
    return found


def depth(vhost: FreshVhost, queue: str) -> int:
    """How many messages wait in `queue` now; those that a consumer holds are not waiting."""
    with Connection(vhost.amqp_url) as connection:
        return int(connection.channel().queue_declare(queue, passive=True).message_count)
