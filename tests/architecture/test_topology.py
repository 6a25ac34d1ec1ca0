"""Every queue is declared in one file, that file says what the code asks for, and somebody consumes every queue."""

import importlib
import inspect
from typing import Final

import pytest

from deploy.rabbitmq.generate import declared_subscriptions, topology
from shared.events.topology import AUDIT_QUEUE, LIVE_QUEUE, PARKING, Topology
from tests.architecture.sources import ROOT

FILE: Final = ROOT / "deploy" / "rabbitmq" / "topology.json"
DECLARED: Final = Topology.load(FILE)
QUEUES: Final = [queue.name for queue in DECLARED.queues]
RESTING: Final = {PARKING: "until an operator sends its messages back: `tellus events redrive`"}


def test_the_topology_file_says_what_the_code_asks_for() -> None:
    assert FILE.read_text() == topology().dump(), (
        "run: python -m deploy.rabbitmq.generate > deploy/rabbitmq/topology.json"
    )


@pytest.mark.parametrize("queue", [name for name in QUEUES if name.startswith("rpc-")])
def test_calls_are_answered_by_a_class_of_their_service(queue: str) -> None:
    service = queue.removeprefix("rpc-")
    module = importlib.import_module(f"services.{service}.service")
    answering = [
        c
        for _, c in inspect.getmembers(module, inspect.isclass)
        if getattr(c, "name", None) == service and any(hasattr(method, "answers") for method in vars(c).values())
    ]
    assert len(answering) == 1


@pytest.mark.parametrize("queue", [name for name in QUEUES if name.startswith("evt-")])
def test_events_are_heard_by_one_handler(queue: str) -> None:
    assert [subscription.queue for subscription in declared_subscriptions()].count(queue) == 1


def test_the_log_is_fed_by_the_sequencer() -> None:
    service = ROOT / "services" / "audit"
    assert AUDIT_QUEUE in QUEUES
    assert (service / "processes" / "sequencer.py").is_file()
    assert [file for file in service.rglob("*.py") if "AUDIT_QUEUE" in file.read_text()]


def test_every_other_queue_is_a_step_of_the_retry_ladder_or_a_resting_place() -> None:
    others = {name for name in QUEUES if not name.startswith(("rpc-", "evt-"))} - {AUDIT_QUEUE, LIVE_QUEUE}
    steps = {name for name in others if name.startswith("retry.")}
    assert others - steps == set(RESTING)
    ways_back = {p.pattern for p in DECLARED.policies if p.definition.get("dead-letter-exchange") == ""}
    assert len(ways_back) == len(steps), "every step has a policy that sends its messages back to where they came from"


def test_every_queue_of_work_is_a_quorum_queue_and_every_queue_has_a_binding() -> None:
    others = {queue.name for queue in DECLARED.queues if queue.arguments["x-queue-type"] != "quorum"}
    assert others == {LIVE_QUEUE}, "news are read by everybody and taken by nobody: that is a stream, not work"
    assert {binding.destination for binding in DECLARED.bindings if binding.to == "queue"} == set(QUEUES)


def test_what_every_service_tells_reaches_the_firehose() -> None:
    telling = {exchange.name for exchange in DECLARED.exchanges if exchange.name.endswith(".events")} - {
        "tellus.events"
    }
    heard = {binding.source for binding in DECLARED.bindings if binding.destination == "tellus.events"}
    assert telling == heard
