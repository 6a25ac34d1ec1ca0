"""Messages that came to rest: what they are, why, and the way back to the queue they came from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from amqp import Channel, Message
from kombu import Connection

from shared.events.topology import PARKING
from shared.rpc.wire import PRIORITY

ATTEMPT, ORIGIN, REASON = "x-attempt", "x-origin", "x-reason"
CONFIRM_SECONDS = 10


@dataclass(frozen=True)
class Parked:
    """One message in parking."""

    message_id: str
    type: str
    origin: str
    reason: str
    attempts: int
    trace: str
    size: int


def parked(amqp_url: str, limit: int = 1_000) -> list[Parked]:
    """What is in parking, oldest first; it stays there."""
    with _channel(amqp_url) as channel:
        return [_describe(message) for message in _taken(channel, limit)]  # unacknowledged: closing gives them back


def redrive(amqp_url: str, *, origin: str | None = None, limit: int = 1_000) -> Iterator[Parked]:
    """Send parked messages back to the queues they came from, one by one, each confirmed before it leaves parking.

    Same bytes, same id: a handler that did its work already knows it again. Those whose queue is unknown stay.
    """
    with _channel(amqp_url) as channel:
        channel.confirm_select()
        for message in list(_taken(channel, limit)):
            found = _describe(message)
            if not found.origin or (origin is not None and found.origin != origin):
                continue
            channel.basic_publish_confirm(_again(message), "", found.origin, mandatory=True, timeout=CONFIRM_SECONDS)
            channel.basic_ack(message.delivery_tag)
            yield found


def _again(message: Any) -> Message:
    headers = {k: v for k, v in (message.headers or {}).items() if not k.startswith("x-")}
    kept = (
        "content_type",
        "content_encoding",
        "message_id",
        "type",
        "app_id",
        "timestamp",
        "reply_to",
        "correlation_id",
    )
    properties = {key: message.properties[key] for key in kept if key in message.properties}
    return Message(message.body, application_headers=headers, delivery_mode=2, priority=PRIORITY, **properties)


def _taken(channel: Channel, limit: int) -> Iterator[Any]:
    for _ in range(limit):
        message = channel.basic_get(PARKING)
        if message is None:
            return
        yield message


def _describe(message: Any) -> Parked:
    headers = message.headers or {}
    deaths = headers.get("x-death") or [{}]
    body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
    return Parked(
        message_id=str(message.properties.get("message_id", "")),
        type=str(message.properties.get("type", "")),
        origin=str(headers.get(ORIGIN) or deaths[0].get("queue", "")),
        reason=str(headers.get(REASON) or deaths[0].get("reason", "")),
        attempts=int(headers.get(ATTEMPT) or 0),
        trace=_trace(body),
        size=len(body),
    )


def _trace(body: bytes) -> str:
    try:
        return str(orjson.loads(body).get("traceparent", ""))[3:35]
    except (orjson.JSONDecodeError, AttributeError):
        return ""


@contextmanager
def _channel(amqp_url: str) -> Iterator[Channel]:
    with Connection(amqp_url, connect_timeout=5) as connection:
        connection.connect()
        yield connection.channel()
