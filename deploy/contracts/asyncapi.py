"""Writes what subscribers need to know, as AsyncAPI 3: `python -m deploy.contracts.asyncapi > docs/asyncapi.json`.

One channel for each routing key and one for each queue; a producer sends to the first, a handler receives from the
second. A message is the envelope with its data.
"""

import json
import sys
from importlib.metadata import version
from typing import Any, Final

from deploy.contracts.language import events
from deploy.contracts.notes import about, notes_of
from deploy.rabbitmq.generate import declared_subscriptions
from shared.contracts.base import Event, snake
from shared.contracts.envelope import CONTENT_TYPE, MAXIMUM_BYTES, Envelope
from shared.events.topology import AUDIT_QUEUE, FIREHOSE, SERVICES, Subscription

Json = dict[str, Any]
HEARTBEAT: Final = "heartbeat.v1"
AMQP: Final = "0.3.0"
OF_THE_ENVELOPE: Final = frozenset({"subject", "subject_version", "occurred_at"})
DESCRIPTION: Final = f"""\
Every fact that the services of Tellus publish. Bodies are CloudEvents 1.0 in JSON structured mode, in canonical JSON \
(RFC 8785), at most {MAXIMUM_BYTES} bytes. A message may arrive twice, always with the same bytes and id: compare \
`id`, and `subjectversion` where order matters. Readers ignore fields that they do not know. Events carry ids, codes \
and field names, never people; ask the API for what you may see. The topic exchange `{FIREHOSE}` has everything; \
`<service>.events` what one service tells. Each producer numbers its events without a gap (`producer`, `epoch`, \
`sequence`) and says every ten seconds how far it has come."""


def document() -> Json:
    """The document, from contracts and handlers as they are now."""
    heard = sorted(declared_subscriptions(), key=lambda s: s.queue)
    told = events()
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Tellus events", "version": version("tellus"), "description": DESCRIPTION},
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "broker": {
                "host": "localhost:5672",
                "pathname": "/tellus",
                "protocol": "amqp",
                "protocolVersion": "0.9.1",
                "description": "RabbitMQ; host, port and virtual host are those of your installation.",
            }
        },
        "channels": {
            **{_key(event.routing_key): _told(event) for event in told},
            _key(HEARTBEAT): _heartbeat_channel(),
            **{_key(subscription.queue): _queue(subscription) for subscription in heard},
            _key(AUDIT_QUEUE): _everything(told),
        },
        "operations": {
            **{f"tell_{snake(event.__name__)}": _send(event) for event in told},
            **{f"{service}_tells_heartbeat": _send_heartbeat(service) for service in SERVICES},
            **{f"{s.service}_hears_{_key(s.routing_key)}": _receive(s) for s in heard},
            "audit_hears_everything": {
                "action": "receive",
                "channel": _ref("channels", _key(AUDIT_QUEUE)),
                "summary": "Every event becomes an entry of the log, in the order in which it arrived.",
            },
        },
        "components": {
            "messages": {**{event.__name__: _message(event) for event in told}, "Heartbeat": _heartbeat_message()},
            "schemas": {
                "Envelope": _envelope(),
                **{f"{event.__name__}Data": _data(event) for event in told},
                "HeartbeatData": _heartbeat_data(),
            },
        },
    }


def _told(event: type[Event]) -> Json:
    return {
        "address": event.routing_key,
        "title": event.__name__,
        "messages": {event.__name__: _ref("components", "messages", event.__name__)},
        "bindings": _exchange(f"{event.source}.events"),
    }


def _heartbeat_channel() -> Json:
    return {
        "address": HEARTBEAT,
        "title": "Heartbeat",
        "messages": {"Heartbeat": _ref("components", "messages", "Heartbeat")},
        "bindings": _exchange(FIREHOSE),
    }


def _queue(subscription: Subscription) -> Json:
    (event,) = [e for e in events() if e.routing_key == subscription.routing_key]
    return {
        "address": subscription.queue,
        "title": f"{event.__name__}, for {subscription.service}",
        "messages": {event.__name__: _ref("components", "messages", event.__name__)},
        "bindings": _queue_binding(subscription.queue),
    }


def _everything(told: list[type[Event]]) -> Json:
    names = [*(event.__name__ for event in told), "Heartbeat"]
    return {
        "address": AUDIT_QUEUE,
        "title": "Everything, for the log",
        "messages": {name: _ref("components", "messages", name) for name in names},
        "bindings": _queue_binding(AUDIT_QUEUE),
    }


def _send(event: type[Event]) -> Json:
    key = _key(event.routing_key)
    return {
        "action": "send",
        "channel": _ref("channels", key),
        "summary": f"The {event.source} service tells: {about(event)}",
        "messages": [_ref("channels", key, "messages", event.__name__)],
        "bindings": {"amqp": {"deliveryMode": 2, "mandatory": True, "priority": 0, "bindingVersion": AMQP}},
    }


def _send_heartbeat(service: str) -> Json:
    key = _key(HEARTBEAT)
    return {
        "action": "send",
        "channel": _ref("channels", key),
        "summary": f"How far the stream of {service} has come, every ten seconds. Not numbered, not logged.",
        "messages": [_ref("channels", key, "messages", "Heartbeat")],
        "bindings": {"amqp": {"deliveryMode": 2, "mandatory": True, "priority": 0, "bindingVersion": AMQP}},
    }


def _receive(subscription: Subscription) -> Json:
    key = _key(subscription.queue)
    (event,) = [e for e in events() if e.routing_key == subscription.routing_key]
    return {
        "action": "receive",
        "channel": _ref("channels", key),
        "summary": f"Handled by {subscription.service}.{subscription.handler}, once.",
        "messages": [_ref("channels", key, "messages", event.__name__)],
        "bindings": {"amqp": {"ack": True, "bindingVersion": AMQP}},
    }


def _message(event: type[Event]) -> Json:
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": about(event),
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                _ref("components", "schemas", "Envelope"),
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": event.type},
                        "source": {"const": f"/tellus/{event.source}"},
                        "data": _ref("components", "schemas", f"{event.__name__}Data"),
                    },
                },
            ]
        },
    }


def _heartbeat_message() -> Json:
    text = {"type": "string"}
    return {
        "name": f"tellus.{HEARTBEAT}",
        "title": "Heartbeat",
        "summary": "How far a producer's stream has come, so that a silent loss is noticed.",
        "contentType": CONTENT_TYPE,
        "payload": {
            "type": "object",
            "required": ["specversion", "id", "source", "type", "time", "datacontenttype", "data"],
            "properties": {
                "specversion": {"const": "1.0"},
                "id": text | {"format": "uuid"},
                "source": text,
                "type": {"const": f"tellus.{HEARTBEAT}"},
                "time": text | {"format": "date-time"},
                "datacontenttype": {"const": "application/json"},
                "data": _ref("components", "schemas", "HeartbeatData"),
            },
        },
    }


def _heartbeat_data() -> Json:
    return {
        "type": "object",
        "required": ["producer", "epoch", "sequence", "head"],
        "properties": {
            "producer": {"type": "string"},
            "epoch": {"type": "string"},
            "sequence": {"type": "string", "pattern": "^[0-9]{16}$", "description": "The last one published."},
            "head": {
                "type": ["string", "null"],
                "description": "SHA-256 chain over all bodies up to `sequence`, in hex; null while more are under way.",
            },
        },
    }


def _envelope() -> Json:
    schema = Envelope.model_json_schema()
    properties = {name: _plain(part) for name, part in schema["properties"].items()}
    properties["specversion"] = {"const": "1.0"}
    properties["datacontenttype"] = {"const": "application/json"}
    properties["sequence"] |= {"pattern": "^[0-9]{16}$"}
    return {"type": "object", "description": about(Envelope), "required": schema["required"], "properties": properties}


def _data(event: type[Event]) -> Json:
    schema, notes = event.model_json_schema(), notes_of(event)
    assert "$defs" not in schema, f"{event.__name__} nests: facts are flat"
    fields = {name: part for name, part in schema["properties"].items() if name not in OF_THE_ENVELOPE}
    return {
        "type": "object",
        "required": [name for name in schema["required"] if name in fields],
        "properties": {
            name: _plain(part) | ({"description": notes[name]} if name in notes else {})
            for name, part in fields.items()
        },
    }


def _plain(schema: Json) -> Json:
    # absent rather than null on the wire, so the alternative "null" and its default say nothing to a subscriber
    kept = {k: v for k, v in schema.items() if k not in {"title", "default"}}
    if "anyOf" in kept:
        (only,) = [part for part in kept.pop("anyOf") if part.get("type") != "null"]
        kept |= only
    return kept


def _exchange(name: str) -> Json:
    exchange = {"name": name, "type": "topic", "durable": True, "autoDelete": False, "vhost": "tellus"}
    return {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": AMQP}}


def _queue_binding(name: str) -> Json:
    queue = {"name": name, "durable": True, "exclusive": False, "autoDelete": False, "vhost": "tellus"}
    return {"amqp": {"is": "queue", "queue": queue, "bindingVersion": AMQP}}


def _key(address: str) -> str:
    return address.replace(".", "_").replace("--", "__")


def _ref(*path: str) -> Json:
    return {"$ref": "#/" + "/".join(path)}


def dump() -> str:
    """The file's text."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(dump())
