"""nameko made safe: every trap of its 2.14.1 messaging that loses, doubles or stops work is closed in this module.

Frozen upstream, so owned here: consumers drain before they close, undecodable messages go to parking instead of
being acknowledged, a call without an address for its answer stops nobody, and no publisher shares its transport
options with another.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar

import amqp
import kombu.pools
import orjson
import structlog
from amqp.exceptions import ChannelError
from eventlet import Timeout
from kombu import Connection, Queue
from kombu.exceptions import OperationalError
from nameko.constants import AMQP_URI_CONFIG_KEY
from nameko.messaging import QueueConsumer
from nameko.rpc import RpcConsumer

from shared.rpc.wire import EXCHANGE, PRIORITY

log = structlog.get_logger()

CONNECT = {"max_retries": 3, "interval_start": 0, "interval_step": 0.2, "interval_max": 1}
ACQUIRE_SECONDS = 5
LOST = (*amqp.Connection.recoverable_connection_errors, *amqp.Connection.recoverable_channel_errors)
"""What says that a connection or channel is gone, and that a new one may do better."""


class Unroutable(Exception):
    """No queue would take the message."""


class PooledPublisher:
    """Publishes over pooled connections of its own kind, found once.

    nameko's own makes a connection's description anew for each message, and keeps its transport options in one shared
    dict, in which a publisher that wants no confirms silently switches them off for everybody.
    """

    confirms: ClassVar[bool]
    delivery_mode: ClassVar[int]

    def __init__(self, amqp_uri: str) -> None:
        self._pool = pool_of(amqp_uri, confirms=self.confirms)

    def publish(self, body: Any, **options: Any) -> None:
        """Hand a message to the broker; raises Unroutable where `mandatory` is asked for and no queue takes it."""
        try:
            with self._pool.acquire(block=True, timeout=ACQUIRE_SECONDS) as producer:
                producer.publish(
                    body,
                    retry=True,
                    retry_policy=CONNECT,
                    delivery_mode=self.delivery_mode,
                    priority=PRIORITY,
                    **options,
                )
        except ChannelError as error:
            if "NO_ROUTE" in str(error):
                raise Unroutable from error
            raise


class ConfirmingPublisher(PooledPublisher):
    """Publishes and knows that the broker has it."""

    confirms = True
    delivery_mode = 2


class ReplyPublisher(PooledPublisher):
    """Publishes answers, unconfirmed and transient: a lost one is asked for again under the same command id."""

    confirms = False
    delivery_mode = 1

    def answer(self, payload: dict[str, Any], *, to: str, correlation_id: str | None) -> None:
        """Send one answer. Says to the driver itself what kombu would say after a dozen detours."""
        message = amqp.Message(
            orjson.dumps(payload),
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=self.delivery_mode,
            priority=PRIORITY,
            correlation_id=correlation_id,
        )
        try:
            with self._pool.acquire(block=True, timeout=ACQUIRE_SECONDS) as producer:
                producer.channel.basic_publish(message, exchange=EXCHANGE, routing_key=to)
        except LOST:  # it died in the pool: kombu knows how to make it anew
            self.publish(payload, serializer="json", exchange=EXCHANGE, routing_key=to, correlation_id=correlation_id)


@cache
def pool_of(amqp_uri: str, *, confirms: bool) -> Any:
    """The producers that share connections with, or without, confirms."""
    return kombu.pools.producers[Connection(amqp_uri, transport_options={"confirm_publish": confirms})]


def confirm(publisher: ConfirmingPublisher, body: Any, *, seconds: float, **options: Any) -> None:
    """Publish and wait for the broker's word, at most `seconds`: a blocked broker must not hold us for ever."""
    with Timeout(seconds, OperationalError("the broker did not confirm in time")):
        publisher.publish(body, **options)


class DrainingConsumer(QueueConsumer):  # type: ignore[misc]
    """A consumer that settles what it took before it closes, so that a graceful stop repeats nothing."""

    PREFETCH = "PREFETCH"

    def __init__(self) -> None:
        self._unsettled: set[tuple[int, int]] = set()
        self.last_tick = time.monotonic()
        self.connected = False
        super().__init__()

    @property
    def prefetch_count(self) -> int:
        return int(self.container.config.get(self.PREFETCH, self.container.max_workers))

    @contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        """Reconnect within seconds of the broker's return: kombu would wait up to half a minute."""
        with self.connection.clone() as connection:
            connection.ensure_connection(
                self.on_connection_error, None, interval_start=0.2, interval_step=0.3, interval_max=2
            )
            yield connection

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        self._unsettled.add(_key(message))
        super().handle_message(provider, body, message)

    def ack_message(self, message: Any) -> None:
        self._settle(message, message.ack)

    def requeue_message(self, message: Any) -> None:
        self._settle(message, message.requeue)

    def park_message(self, message: Any) -> None:
        """Hand the message to the queue's dead-letter exchange: it comes to rest in parking."""
        self._settle(message, message.reject)

    def _settle(self, message: Any, act: Callable[[], None]) -> None:
        try:
            if message.channel.connection and not message.acknowledged:
                act()
        except OSError:
            log.info("message.reclaimed", reason="the connection closed first; the broker delivers it again")
        finally:
            self._unsettled.discard(_key(message))

    def on_connection_revived(self) -> None:
        self._unsettled.clear()  # the broker took them back
        if self.connected:
            self.connected = False
            log.warning("broker.lost", reason="reconnecting; what was not acknowledged is delivered again")

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        log.error("message.undecodable", error=type(exc).__name__, routing_key=message.delivery_info.get("routing_key"))
        message.reject()

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        self.connected = False
        self.last_tick = time.monotonic()  # waiting for the broker is being alive
        log.warning("broker.unreachable", error=type(exc).__name__, retry_in_seconds=interval)

    def on_consume_ready(self, connection: Any, channel: Any, consumers: Any, **kwargs: Any) -> None:
        self.connected = True
        super().on_consume_ready(connection, channel, consumers, **kwargs)

    def on_consume_end(self, connection: Any, channel: Any) -> None:
        self.connected = False
        super().on_consume_end(connection, channel)

    def on_iteration(self) -> None:
        self.last_tick = time.monotonic()
        self._cancel_consumers_if_requested()
        if not self._consumers and not self._unsettled:
            self.should_stop = True

    def _cancel_consumers_if_requested(self) -> None:
        # nameko iterates over a dict's live view after replacing the dict: the same, said safely
        pending: dict[Any, Any] = dict(self._pending_remove_providers)
        self._pending_remove_providers: dict[Any, Any] = {}
        for provider, removed in pending.items():
            self._consumers.pop(provider).cancel()
            removed.send()


class GuardedRpcConsumer(RpcConsumer):  # type: ignore[misc]
    """Takes calls from the service's quorum queue; a call that cannot be answered is parked and stops nobody."""

    queue_consumer = DrainingConsumer()

    def setup(self) -> None:
        if getattr(self, "queue", None) is None:
            name = f"rpc-{self.container.service_name}"
            self.queue = work_queue(name)
            self.queue_consumer.register_provider(self)
            self._registered = True

    def handle_message(self, body: Any, message: Any) -> None:
        if not message.properties.get("reply_to"):
            log.error("call.unanswerable", reason="no reply_to", routing_key=message.delivery_info.get("routing_key"))
            self.queue_consumer.park_message(message)
            return
        super().handle_message(body, message)

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        error = None
        if exc_info is not None:
            error = {"exc_type": type(exc_info[1]).__name__, "exc_path": "", "exc_args": [], "value": "call refused"}
        self.answer(message, {"result": None, "error": error})
        return result, exc_info

    def answer(self, message: Any, payload: dict[str, Any]) -> None:
        """Send the answer, then acknowledge the call. A reply that cannot be sent is logged: its caller asks again."""
        try:
            with Timeout(5, OperationalError("the reply was not taken in time")):
                ReplyPublisher(self.container.config[AMQP_URI_CONFIG_KEY]).answer(
                    payload, to=message.properties["reply_to"], correlation_id=message.properties.get("correlation_id")
                )
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller's lost reply must not stop this process
            log.warning("reply.lost", error=type(error).__name__)
        self.queue_consumer.ack_message(message)


def work_queue(name: str) -> Queue:
    """A queue that the topology has declared already: consumers never declare, so they never disagree with it."""
    return Queue(name, no_declare=True)


def consumers_of(container: Any) -> list[DrainingConsumer]:
    """The consumers of a running container, for liveness and readiness."""
    return [extension for extension in container.shared_extensions.values() if isinstance(extension, DrainingConsumer)]


def bound_pools(limit: int) -> None:
    """Allow `limit` publishing connections: the default of ten would queue the workers behind each other."""
    kombu.pools.set_limit(limit)


def _key(message: Any) -> tuple[int, int]:
    return id(message.channel), message.delivery_tag
