"""Every exchange, queue, binding and policy of the suite, in one file that is applied at deploy time.

    nameko-rpc                  calls and answers              -> rpc-<service>
    <service>.events            what a service tells           -> evt-<key>--<service>.<handler>, tellus.events
    tellus.events               the firehose                   -> audit.ingest, live, outside subscribers
    retry.<step>                a failed message waits here    -> back to the queue it came from
    parking                     a message comes to rest here   -> until somebody redrives it

Queues are quorum queues, but for `live`: a stream, which every gateway reads without taking anything out of it. What a
policy can say, a policy says (arguments are immutable). Works on RabbitMQ 3.10 and 4.x.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict

SERVICES = ("contacts", "cases", "notifications", "audit", "gateway")
FIREHOSE, PARKING, AUDIT_QUEUE, RPC_EXCHANGE = "tellus.events", "parking", "audit.ingest", "nameko-rpc"
LIVE_QUEUE, LIVE_NOUNS = "live", ("case", "contact", "interaction", "message")
"""News for whoever is watching: of what, and for how long it can be read again."""
LIVE_DAYS, LIVE_BYTES, LIVE_SEGMENT_BYTES = 1, 2 * 1024**3, 64 * 1024**2
RETRY_SECONDS = (10, 60, 600)
WORK_LIMIT_BYTES = 2 * 1024**3
LOOKS_AT_PARKING = 1_000_000
"""A quorum queue cannot be peeked at: each look is a delivery, and RabbitMQ 4 drops a message after twenty of them."""


class Exchange(BaseModel):
    model_config = ConfigDict(frozen=True)
    name: str
    type: str = "topic"


class Queue(BaseModel):
    model_config = ConfigDict(frozen=True)
    name: str
    kind: Literal["quorum", "stream"] = "quorum"
    single_active_consumer: bool = False

    @property
    def arguments(self) -> dict[str, object]:
        """What cannot be said by a policy."""
        sole: dict[str, object] = {"x-single-active-consumer": True} if self.single_active_consumer else {}
        return {"x-queue-type": self.kind, **sole}


class Binding(BaseModel):
    model_config = ConfigDict(frozen=True)
    source: str
    destination: str
    to: str = "queue"
    key: str = "#"


class Policy(BaseModel):
    model_config = ConfigDict(frozen=True)
    name: str
    pattern: str
    definition: dict[str, str | int]


class Topology(BaseModel):
    """All of it."""

    model_config = ConfigDict(frozen=True)
    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]
    policies: tuple[Policy, ...]

    @classmethod
    def load(cls, path: Path) -> "Topology":
        """The topology in a file."""
        return cls.model_validate_json(path.read_text())

    def dump(self) -> str:
        """The file's text."""
        return json.dumps(self.model_dump(mode="json"), indent=1) + "\n"


class Subscription(BaseModel):
    """One handler's wish to hear one kind of event."""

    model_config = ConfigDict(frozen=True)
    source: str
    routing_key: str
    service: str
    handler: str

    @property
    def queue(self) -> str:
        """The queue that this handler, and no other, consumes."""
        return f"evt-{self.routing_key}--{self.service}.{self.handler}"


def design(subscriptions: Iterable[Subscription], retry_seconds: tuple[int, ...] = RETRY_SECONDS) -> Topology:
    """The topology that the contracts and the handlers ask for."""
    heard = sorted(subscriptions, key=lambda s: s.queue)
    steps = [f"retry.{number}" for number in range(1, len(retry_seconds) + 1)]
    events = [f"{service}.events" for service in SERVICES]
    exchanges = [Exchange(name=RPC_EXCHANGE), Exchange(name=FIREHOSE), *(Exchange(name=name) for name in events)]
    exchanges += [Exchange(name=name, type="fanout") for name in (*steps, PARKING)]
    queues = [Queue(name=f"rpc-{service}") for service in SERVICES]
    queues += [Queue(name=s.queue) for s in heard]
    queues += [Queue(name=AUDIT_QUEUE, single_active_consumer=True), *(Queue(name=n) for n in (*steps, PARKING))]
    queues.append(Queue(name=LIVE_QUEUE, kind="stream"))
    bindings = [Binding(source=RPC_EXCHANGE, destination=f"rpc-{s}", key=f"{s}.*") for s in SERVICES]
    bindings += [Binding(source=name, destination=FIREHOSE, to="exchange") for name in events]
    bindings += [Binding(source=f"{s.source}.events", destination=s.queue, key=s.routing_key) for s in heard]
    bindings += [Binding(source=FIREHOSE, destination=AUDIT_QUEUE)]
    bindings += [Binding(source=FIREHOSE, destination=LIVE_QUEUE, key=f"{noun}.#") for noun in LIVE_NOUNS]
    bindings += [Binding(source=name, destination=name, key="") for name in (*steps, PARKING)]
    kept: dict[str, str | int] = {"dead-letter-strategy": "at-least-once", "overflow": "reject-publish"}
    work = kept | {"dead-letter-exchange": PARKING, "delivery-limit": 100, "max-length-bytes": WORK_LIMIT_BYTES}
    policies = [Policy(name="work", pattern="^(rpc-|evt-|audit\\.ingest$)", definition=work)]
    read_again: dict[str, str | int] = {
        "max-age": f"{LIVE_DAYS}D",
        "max-length-bytes": LIVE_BYTES,
        "stream-max-segment-size-bytes": LIVE_SEGMENT_BYTES,
    }
    policies.append(Policy(name="live", pattern="^live$", definition=read_again))
    looked_at = kept | {"delivery-limit": LOOKS_AT_PARKING}
    policies.append(Policy(name="parking", pattern="^parking$", definition=looked_at))
    policies += [
        Policy(
            name=f"retry-{number}",
            pattern=f"^retry\\.{number}$",
            definition=kept | {"dead-letter-exchange": "", "message-ttl": seconds * 1000},
        )
        for number, seconds in enumerate(retry_seconds, start=1)
    ]
    return Topology(
        exchanges=tuple(exchanges), queues=tuple(queues), bindings=tuple(bindings), policies=tuple(policies)
    )


class Broker:
    """RabbitMQ's management API, for one virtual host."""

    def __init__(self, management_url: str, vhost: str) -> None:
        self._client = httpx.Client(base_url=f"{management_url.rstrip('/')}/api", timeout=10)
        self._vhost = quote(vhost, safe="")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def apply(self, topology: Topology) -> None:
        """Bring the broker to the topology. Again is safe; raises ConflictingTopology for what cannot be changed."""
        for exchange in topology.exchanges:
            self._put(f"exchanges/{self._vhost}/{_path(exchange.name)}", {"type": exchange.type, "durable": True})
        for policy in topology.policies:
            rule = {"pattern": policy.pattern, "definition": policy.definition, "apply-to": "queues"}
            self._put(f"policies/{self._vhost}/{_path(policy.name)}", rule)
        for queue in topology.queues:
            body: dict[str, object] = {"durable": True, "auto_delete": False, "arguments": queue.arguments}
            self._put(f"queues/{self._vhost}/{_path(queue.name)}", body)
        for binding in topology.bindings:
            kind = "q" if binding.to == "queue" else "e"
            path = f"bindings/{self._vhost}/e/{_path(binding.source)}/{kind}/{_path(binding.destination)}"
            self._client.post(path, json={"routing_key": binding.key, "arguments": {}}).raise_for_status()

    def differences(self, topology: Topology) -> list[str]:
        """What the broker lacks or has otherwise, a line each; nothing when it is as designed."""
        exchanges = {e["name"]: e["type"] for e in self._get("exchanges")}
        queues: dict[str, dict[str, object]] = {q["name"]: q["arguments"] for q in self._get("queues")}
        policies = {p["name"]: (p["pattern"], p["definition"]) for p in self._get("policies")}
        return [
            *(f"exchange {e.name} is missing" for e in topology.exchanges if e.name not in exchanges),
            *(
                f"exchange {e.name} is of type {exchanges[e.name]}, not {e.type}"
                for e in topology.exchanges
                if exchanges.get(e.name, e.type) != e.type
            ),
            *(f"queue {q.name} is missing" for q in topology.queues if q.name not in queues),
            *(
                f"queue {q.name} was declared with {queues[q.name]}, not {q.arguments}"
                for q in topology.queues
                if q.name in queues and not q.arguments.items() <= queues[q.name].items()
            ),
            *(f"binding {b.source} -> {b.destination} ({b.key}) is missing" for b in self.missing_bindings(topology)),
            *(
                f"policy {p.name} differs or is missing"
                for p in topology.policies
                if policies.get(p.name) != (p.pattern, p.definition)
            ),
        ]

    def missing_bindings(self, topology: Topology) -> list[Binding]:
        """Declared bindings that the broker lacks: what is published meanwhile does not reach their queue."""
        there = {
            (b["source"], b["destination"], b["destination_type"], b["routing_key"]) for b in self._get("bindings")
        }
        return [b for b in topology.bindings if (b.source, b.destination, b.to, b.key) not in there]

    def _get(self, what: str) -> list[dict[str, Any]]:
        answer = self._client.get(f"{what}/{self._vhost}")
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    def _put(self, path: str, body: object) -> None:
        answer = self._client.put(path, json=body)
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise ConflictingTopology(f"{path}: {answer.json().get('reason', 'refused')}")
        answer.raise_for_status()


class ConflictingTopology(Exception):
    """The broker has something of that name with other, unchangeable properties: it must be drained and removed."""


def _path(name: str) -> str:
    return quote(name, safe="")
