"""How a call looks on the wire: nameko's frames, plain JSON, and headers that say who, which command, until when.

request   exchange nameko-rpc, key <service>.<method>, body {"args": [request], "kwargs": {}}
reply     same exchange, key = reply_to, body {"result": ..., "error": null | {...}}
headers   nameko.token nameko.command_id nameko.deadline traceparent
"""

import time
from typing import Any

import orjson
from kombu import serialization

from shared.contracts.envelope import CONTENT_TYPE as CLOUDEVENT
from shared.errors import KINDS, ServiceError, kind_of

EXCHANGE = "nameko-rpc"
TOKEN, COMMAND, DEADLINE, TRACEPARENT = "nameko.token", "nameko.command_id", "nameko.deadline", "traceparent"
ACCEPT = ["json", "cloudevent"]
PRIORITY = 0
"""One priority for everything: RabbitMQ 4.3 is strict about it, and an absent one would overtake ours."""
_KINDS = {kind.__name__: kind for kind in KINDS}


def register_serializers() -> None:
    """Plain JSON, both ways, for requests and for CloudEvents: kombu's own would tag dates and ids its own way."""
    serialization.register("json", _dumps, orjson.loads, content_type="application/json", content_encoding="utf-8")
    serialization.register("cloudevent", _dumps, orjson.loads, content_type=CLOUDEVENT, content_encoding="utf-8")


def error_to_wire(error: ServiceError) -> dict[str, Any]:
    """An error as one of the six kinds, in the shape that any nameko client reads."""
    kind = kind_of(error)
    details = orjson.loads(orjson.dumps(dict(error.details), default=str))
    return {
        "exc_type": kind.__name__,
        "exc_path": f"shared.errors.{kind.__name__}",
        "exc_args": [error.message, error.error_code, details],
        "value": error.message,
    }


def error_from_wire(error: dict[str, Any]) -> ServiceError:
    """The error that a reply carries. What is not one of the six kinds is a fault of the callee: Unavailable."""
    kind = _KINDS.get(str(error.get("exc_type")))
    if kind is None:
        return _KINDS["Unavailable"]("The service failed to answer.", code="callee_failed", kind=error.get("exc_type"))
    try:
        message, code, details = error["exc_args"]
        return kind(str(message), code=str(code), **details)
    except (KeyError, TypeError, ValueError):
        return _KINDS["Unavailable"]("The service failed to answer.", code="callee_failed", kind=kind.__name__)


def deadline_of(headers: dict[str, Any]) -> float:
    """When nobody waits any more, in seconds since the epoch; 0 where the call does not say, or not in numbers."""
    try:
        return float(headers.get(DEADLINE) or 0)
    except (TypeError, ValueError):
        return 0.0


def expired(deadline: float, *, now: float | None = None) -> bool:
    """Whether nobody waits any more for the answer of a call with this deadline (0: none was given)."""
    return bool(deadline) and (now if now is not None else time.time()) > deadline


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
