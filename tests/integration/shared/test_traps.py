"""nameko's traps, one test each: where stock nameko loses, doubles or stops work, ours does not."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import orjson
import pytest
from kombu import Connection
from kombu.pools import reset

from shared.clock import now
from shared.contracts.base import Request
from shared.contracts.contacts.events import ContactRegistered
from shared.contracts.contacts.rpc import GetContact, RegisterContact
from shared.contracts.envelope import CONTENT_TYPE, canonical, draft, number
from shared.errors import ServiceError, Unavailable
from shared.events.parked import parked, redrive
from shared.events.topology import LIVE_QUEUE, Broker
from shared.ids import new_id
from shared.observability.tracing import begin
from shared.rpc.asyncio_client import AsyncRpc
from shared.rpc.hardened import ConfirmingPublisher, ReplyPublisher, Unroutable, pool_of
from shared.rpc.wire import EXCHANGE, register_serializers
from tests.integration.shared.conftest import Echo
from tests.support.actors import staff
from tests.support.broker import depth

QUEUE = "evt-contact.registered.v1--contacts.on_contact_registered"


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def call(echo: Echo, *requests: Request[Any], timeout: float = 10) -> list[Any]:
    """The answers, or the errors, of calls made at once."""

    async def ask() -> list[Any]:
        rpc = AsyncRpc(echo.vhost.amqp_url, name="test")
        await rpc.connect()
        signer, trace = echo.processes.keys.signer(), begin("test").traceparent
        try:
            return await asyncio.gather(
                *(
                    rpc.call(
                        r,
                        token=signer.sign(staff("agent"), operation=r.method),
                        traceparent=trace,
                        command_id=uuid4() if r.writes else None,
                        timeout=timeout,
                    )
                    for r in requests
                ),
                return_exceptions=True,
            )
        finally:
            await rpc.close()

    return asyncio.run(ask())


def put(echo: Echo, queue: str, body: bytes, *, exchange: str = "", **properties: Any) -> None:
    """A message straight into a queue, as an outsider would."""
    with Connection(echo.vhost.amqp_url) as connection:
        producer = connection.Producer()
        producer.publish(body, exchange=exchange, routing_key=queue, serializer=None, **properties)


def event(sequence: int = 1) -> bytes:
    told = ContactRegistered(subject=new_id(), subject_version=1, kind="person", fields=("name",))
    drafted = draft(
        told,
        id=new_id(),
        department="city",
        actor=str(new_id()),
        traceparent=begin("test").traceparent,
        recorded_at=now(),
    )
    return canonical(number(drafted, producer="contacts", epoch="e", sequence=sequence))


def hear(echo: Echo, *bodies: bytes) -> None:
    for body in bodies:
        put(echo, QUEUE, body, content_type=CONTENT_TYPE, content_encoding="utf-8", message_id=orjson.loads(body)["id"])


# Where messages are lost


def test_a_failing_handler_climbs_the_ladder_and_comes_to_rest_in_parking_with_its_reason(echo: Echo) -> None:
    echo.mood("fail")
    echo.start("EchoEvents")
    hear(echo, body := event())
    until(lambda: depth(echo.vhost, "parking") == 1)
    (message,) = parked(echo.vhost.amqp_url)
    assert (message.origin, message.reason, message.attempts) == (QUEUE, "ValueError", 4)
    assert message.message_id == orjson.loads(body)["id"]
    assert echo.done() == []


def test_a_redriven_message_is_handled_once_the_fault_is_mended(echo: Echo) -> None:
    echo.mood("fail")
    echo.start("EchoEvents")
    hear(echo, body := event())
    until(lambda: depth(echo.vhost, "parking") == 1)
    echo.mood("ok")
    assert len(list(redrive(echo.vhost.amqp_url))) == 1
    until(lambda: echo.done() == [orjson.loads(body)["subject"]])
    until(lambda: depth(echo.vhost, "parking") == 0)


@pytest.mark.parametrize("content_type", [CONTENT_TYPE, "application/json", "application/x-python-serialize", "text/x"])
def test_an_undecodable_message_is_parked_and_not_acknowledged(echo: Echo, content_type: str) -> None:
    echo.start("EchoEvents")
    put(echo, QUEUE, b"\x80not json", content_type=content_type, content_encoding="utf-8")
    until(lambda: depth(echo.vhost, "parking") == 1)
    hear(echo, event())
    until(lambda: len(echo.done()) == 1)


def test_an_event_of_the_wrong_shape_is_parked_at_once(echo: Echo) -> None:
    echo.start("EchoEvents")
    put(echo, QUEUE, b'{"specversion":"1.0"}', content_type=CONTENT_TYPE, content_encoding="utf-8")
    until(lambda: depth(echo.vhost, "parking") == 1)


def test_a_call_without_a_service_is_known_at_once(echo: Echo) -> None:
    started = time.monotonic()
    Broker(echo.vhost.management_url, echo.vhost.name)._client.delete(f"queues/{echo.vhost.name}/rpc-contacts")

    async def ask() -> None:
        rpc = AsyncRpc(echo.vhost.amqp_url, name="test")
        await rpc.connect()
        try:
            await rpc.call(GetContact(contact_id=uuid4()), token="", traceparent=begin("t").traceparent, timeout=10)
        finally:
            await rpc.close()

    with pytest.raises(Unavailable) as unknown:
        asyncio.run(ask())
    assert unknown.value.error_code == "no_such_service"
    assert time.monotonic() - started < 3


def test_the_transaction_is_committed_before_the_acknowledgement(echo: Echo) -> None:
    echo.mood("slow")
    process = echo.start("EchoEvents")
    hear(echo, event())
    until(lambda: running(echo) == 1)
    process.kill()  # in the handler: nothing is committed, nothing is acknowledged
    assert echo.done() == []
    echo.mood("ok")
    echo.start("EchoEvents")
    until(lambda: len(echo.done()) == 1)
    until(lambda: depth(echo.vhost, QUEUE) == 0)


def test_confirms_stay_on_whoever_else_publishes_without_them(echo: Echo) -> None:
    register_serializers()
    mandatory = {"exchange": EXCHANGE, "routing_key": "nobody", "serializer": "json", "mandatory": True}
    for publisher in (ReplyPublisher, ConfirmingPublisher):
        publisher(echo.vhost.amqp_url).publish({}, exchange=EXCHANGE, routing_key="nobody", serializer="json")
    with pytest.raises(Unroutable):
        ConfirmingPublisher(echo.vhost.amqp_url).publish({}, **mandatory)
    ReplyPublisher(echo.vhost.amqp_url).publish({}, exchange=EXCHANGE, routing_key="nobody", serializer="json")
    pool_of.cache_clear()
    reset()  # every connection is made anew, after the other kind published
    with pytest.raises(Unroutable):
        ConfirmingPublisher(echo.vhost.amqp_url).publish({}, **mandatory)


def test_a_reply_that_nobody_waits_for_hurts_nobody(echo: Echo) -> None:
    echo.start()
    (late,) = call(echo, RegisterContact(name="wait 1"), timeout=0.3)
    assert isinstance(late, Unavailable)
    until(lambda: echo.done() == ["wait 1"])
    (fine,) = call(echo, GetContact(contact_id=uuid4()))
    assert fine["name"] == "here"


def test_every_queue_of_work_is_a_quorum_queue(echo: Echo) -> None:
    work = [queue for queue in echo.topology.queues if queue.name != LIVE_QUEUE]
    assert all(queue.arguments["x-queue-type"] == "quorum" for queue in work)


# Where messages are doubled


def test_a_graceful_stop_settles_what_it_took(echo: Echo) -> None:
    echo.mood("slow")
    process = echo.start("EchoEvents")
    hear(echo, *(event() for _ in range(4)))
    until(lambda: running(echo) == 4)
    assert process.stop() == 0
    assert len(echo.done()) == 4
    assert depth(echo.vhost, QUEUE) == 0


def test_a_graceful_stop_answers_the_calls_it_took(echo: Echo) -> None:
    process = echo.start()
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.extend(call(echo, RegisterContact(name="wait 1.5"))))
    asking.start()
    until(lambda: running(echo) == 1)
    assert process.stop() == 0
    asking.join(10)
    assert answers[0]["name"] == "wait 1.5"
    assert depth(echo.vhost, "rpc-contacts") == 0


def test_a_message_delivered_twice_is_handled_once(echo: Echo) -> None:
    echo.start("EchoEvents")
    body = event()
    hear(echo, body, body, body, last := event())
    until(lambda: orjson.loads(last)["subject"] in echo.done())
    until(lambda: running(echo) == 0)
    echo.sql("DELETE FROM done WHERE what = %s", orjson.loads(last)["subject"])
    assert echo.done() == [orjson.loads(body)["subject"]]


def test_a_call_delivered_twice_is_done_once(echo: Echo) -> None:
    echo.start()
    command, signer = uuid4(), echo.processes.keys.signer()

    async def ask() -> list[Any]:
        rpc = AsyncRpc(echo.vhost.amqp_url, name="test")
        await rpc.connect()
        token = signer.sign(staff("agent"), operation="register_contact")
        wish = RegisterContact(name="once")
        try:
            return [
                await rpc.call(wish, token=token, traceparent=begin("t").traceparent, command_id=command)
                for _ in range(2)
            ]
        finally:
            await rpc.close()

    first, second = asyncio.run(ask())
    assert first == second
    assert echo.done() == ["once"]


# Where the process dies or becomes a zombie


def test_a_call_without_reply_to_is_parked_and_stops_nobody(echo: Echo) -> None:
    process = echo.start()
    put(echo, "contacts.get_contact", b'{"args":[{}],"kwargs":{}}', exchange=EXCHANGE, content_type="application/json")
    until(lambda: depth(echo.vhost, "parking") == 1)
    assert process.popen.poll() is None
    assert call(echo, GetContact(contact_id=uuid4()))[0]["name"] == "here"


def test_an_unknown_method_is_an_answer_not_an_accident(echo: Echo) -> None:
    echo.start()

    class Unheard(Request[str], service="contacts"):
        pass

    (answer,) = call(echo, Unheard())
    assert isinstance(answer, ServiceError)


def test_an_expired_call_is_dropped_without_being_done(echo: Echo) -> None:
    headers = {"nameko.deadline": str(time.time() - 1)}
    put(
        echo,
        "contacts.register_contact",
        b'{"args":[{"name":"late"}],"kwargs":{}}',
        exchange=EXCHANGE,
        content_type="application/json",
        reply_to="nobody",
        headers=headers,
    )
    process = echo.start()
    until(lambda: any(line["event"] == "call.expired" for line in process.lines()))
    assert echo.done() == []
    assert depth(echo.vhost, "parking") == 0


def test_a_lost_broker_connection_is_mended_and_nothing_dies(echo: Echo) -> None:
    process = echo.start()
    close_connections(echo)
    until(lambda: any(line["event"] == "broker.lost" for line in process.lines()))
    process.await_ready()
    assert call(echo, GetContact(contact_id=uuid4()))[0]["name"] == "here"
    assert process.popen.poll() is None


def test_a_stop_has_a_deadline_even_if_work_hangs(echo: Echo) -> None:
    process = echo.start(grace_seconds="1")
    asking = threading.Thread(target=lambda: call(echo, RegisterContact(name="wait 30"), timeout=3))
    asking.start()
    until(lambda: running(echo) == 1)
    started = time.monotonic()
    assert process.stop() == 1
    assert time.monotonic() - started < 5
    asking.join()


def test_one_slow_query_does_not_stop_the_others(echo: Echo) -> None:
    echo.start()
    started = time.monotonic()
    call(echo, *(RegisterContact(name="query 0.7") for _ in range(4)))
    assert time.monotonic() - started < 2.0  # one after the other they would take 2.8 s


def test_a_store_that_is_down_pauses_the_consumer_and_loses_nothing(echo: Echo) -> None:
    echo.mood("unavailable")
    process = echo.start("EchoEvents")
    hear(echo, body := event())
    until(lambda: any(line.get("outcome") == "paused" for line in process.lines()))
    until(lambda: sum(line.get("outcome") == "paused" for line in process.lines()) > 5)  # longer than this ladder
    assert depth(echo.vhost, "parking") == 0
    echo.mood("ok")
    until(lambda: echo.done() == [orjson.loads(body)["subject"]])


def test_a_stop_does_not_wait_for_what_is_paused_and_loses_nothing(echo: Echo) -> None:
    echo.mood("unavailable")
    process = echo.start("EchoEvents")
    hear(echo, body := event())
    until(lambda: any(line.get("outcome") == "paused" for line in process.lines()))
    started = time.monotonic()
    assert process.stop() == 0
    assert time.monotonic() - started < 5
    echo.mood("ok")
    echo.start("EchoEvents")
    until(lambda: echo.done() == [orjson.loads(body)["subject"]])


def test_a_statement_that_the_store_refuses_is_our_own_fault_and_climbs_the_ladder(echo: Echo) -> None:
    echo.mood("refused")
    echo.start("EchoEvents")
    hear(echo, event())
    until(lambda: depth(echo.vhost, "parking") == 1)


def test_a_frozen_loop_is_not_alive(echo: Echo) -> None:
    process = echo.start()
    os.kill(process.popen.pid, signal.SIGSTOP)
    assert not process.ready()
    os.kill(process.popen.pid, signal.SIGCONT)
    process.await_ready()


def close_connections(echo: Echo) -> None:
    """The broker closes every connection of this virtual host."""
    url = f"{echo.vhost.management_url}/api/vhosts/{echo.vhost.name}/connections"
    until(lambda: bool(httpx.get(url).json()))
    for found in httpx.get(url).json():
        httpx.delete(f"{echo.vhost.management_url}/api/connections/{quote(found['name'])}").raise_for_status()


def running(echo: Echo) -> int:
    """How many transactions the little service has open."""
    open_now = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
    return int(echo.sql(f"{open_now} AND pid <> pg_backend_pid() AND usename = 'contacts'")[0][0])
