"""The AsyncAPI document is current, whole, and true of the messages that are really published."""

import json
from collections.abc import Iterator
from typing import Any, Final

import jsonschema_rs
import pytest

from deploy.contracts.asyncapi import dump
from deploy.contracts.language import events
from deploy.rabbitmq.generate import declared_subscriptions
from shared.clock import now
from shared.contracts.base import Event
from shared.contracts.envelope import canonical, draft, number
from shared.events.topology import Topology
from shared.ids import new_id
from tests.architecture.sources import ROOT
from tests.contract.published import load

FILE: Final = ROOT / "docs" / "asyncapi.json"
DOCUMENT: Final = json.loads(FILE.read_text())
COMMAND: Final = "python -m deploy.contracts.asyncapi > docs/asyncapi.json"


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "$ref":
                yield part
            else:
                yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def resolve(reference: str) -> Any:
    found: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return resolve(found["$ref"]) if set(found) == {"$ref"} else found


def payload_of(event: type[Event]) -> jsonschema_rs.Draft7Validator:
    schema = DOCUMENT["components"]["messages"][event.__name__]["payload"]
    return jsonschema_rs.Draft7Validator(schema | {"components": DOCUMENT["components"]}, validate_formats=True)


def as_published(event: type[Event], data: dict[str, Any]) -> Any:
    fact = event.model_validate(data | {"subject": new_id(), "subject_version": 1})
    drafted = draft(
        fact, id=new_id(), department="city", actor=str(new_id()), traceparent=f"00-{'a' * 32}-{'b' * 16}-01",
        recorded_at=now(),
    )  # fmt: skip
    return json.loads(canonical(number(drafted, producer=event.source, epoch="e1", sequence=1)))


def test_the_document_is_current() -> None:
    assert FILE.read_text() == dump(), f"run: {COMMAND}"


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        assert resolve(reference), reference


def test_an_operation_carries_messages_of_its_own_channel() -> None:
    for name, operation in DOCUMENT["operations"].items():
        assert operation["action"] in {"send", "receive"}
        channel = operation["channel"]["$ref"]
        assert channel.startswith("#/channels/"), name
        for message in operation.get("messages", []):
            assert message["$ref"].startswith(f"{channel}/messages/"), name


def test_every_event_is_sent_and_every_handler_receives() -> None:
    operations = DOCUMENT["operations"].values()
    sent = {resolve(o["channel"]["$ref"])["address"] for o in operations if o["action"] == "send"}
    received = {resolve(o["channel"]["$ref"])["address"] for o in operations if o["action"] == "receive"}
    assert sent == {event.routing_key for event in events()} | {"heartbeat.v1"}
    assert received == {s.queue for s in declared_subscriptions()} | {"audit.ingest"}


def test_channels_stand_on_exchanges_and_queues_that_are_declared() -> None:
    topology = Topology.load(ROOT / "deploy" / "rabbitmq" / "topology.json")
    exchanges, queues = {e.name: e.type for e in topology.exchanges}, {q.name for q in topology.queues}
    for channel in DOCUMENT["channels"].values():
        binding = channel["bindings"]["amqp"]
        if binding["is"] == "queue":
            assert binding["queue"]["name"] == channel["address"]
            assert channel["address"] in queues
        else:
            assert exchanges[binding["exchange"]["name"]] == binding["exchange"]["type"]


def test_the_server_named_is_nobodys() -> None:
    assert [server["host"] for server in DOCUMENT["servers"].values()] == ["localhost:5672"]


@pytest.mark.parametrize("event", events(), ids=lambda e: e.__name__)
def test_what_is_published_is_what_the_document_says(event: type[Event]) -> None:
    message = as_published(event, load(event.__name__)["samples"][0])
    assert [error.message for error in payload_of(event).iter_errors(message)] == []


@pytest.mark.parametrize("event", events(), ids=lambda e: e.__name__)
def test_the_document_is_not_true_of_anything_else(event: type[Event]) -> None:
    message = as_published(event, load(event.__name__)["samples"][0])
    wrong = [
        message | {"type": "tellus.something.else.v1"},
        message | {"sequence": 1},
        message | {"data": {key: [1.5] for key in message["data"]} or [1.5]},
        {key: part for key, part in message.items() if key != "data"},
    ]
    assert [payload_of(event).is_valid(one) for one in wrong] == [False] * 4
