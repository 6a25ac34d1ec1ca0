"""`@hears(CaseOpened)`: one message, one transaction, then the acknowledgement. Nothing is acked and forgotten.

handled, or handled before        acknowledged
store or another service down     held and tried again here, however long: the consumer pauses
the handler's own error           waits in retry.1, retry.2, retry.3, then rests in parking with the reason
undecodable                       parking at once
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import eventlet
import structlog
from nameko.constants import AMQP_URI_CONFIG_KEY
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from pydantic import ValidationError

from shared.authz.token import system_actor
from shared.call import AlreadyHandled, Call
from shared.contracts.base import Event
from shared.contracts.envelope import CONTENT_TYPE, Envelope
from shared.errors import ServiceError, Unavailable
from shared.events.parked import ATTEMPT, ORIGIN, REASON
from shared.events.topology import PARKING, RETRY_SECONDS, Subscription
from shared.observability import metrics, tracing
from shared.rpc.config import CALL
from shared.rpc.hardened import ConfirmingPublisher, DrainingConsumer, confirm, work_queue

S = TypeVar("S")
E = TypeVar("E", bound=Event)

PAUSE_SECONDS = (0.2, 0.5, 1, 2, 5)
log = structlog.get_logger()


class Hear(Entrypoint):  # type: ignore[misc]
    """The entrypoint behind `@hears`."""

    queue_consumer = DrainingConsumer()

    def __init__(self, event: type[Event], **kwargs: Any) -> None:
        self.event = event
        self._stopping = False
        super().__init__(**kwargs)

    @property
    def subscription(self) -> Subscription:
        """What this handler hears."""
        service = str(self.container.service_name)
        return Subscription(
            source=self.event.source, routing_key=self.event.routing_key, service=service, handler=str(self.method_name)
        )

    def setup(self) -> None:
        self.queue = work_queue(self.subscription.queue)
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        self._stopping = True  # what is paused goes back to the queue, or the stop would wait for it
        self.queue_consumer.unregister_provider(self)

    def handle_message(self, body: Any, message: Any) -> None:
        try:
            envelope = Envelope.model_validate(body)
            fields = {"subject": envelope.subject, "subject_version": envelope.subjectversion}
            event = self.event.model_validate(envelope.data | fields | {"occurred_at": envelope.time})
        except ValidationError as error:
            # no traceback: it would say nothing more
            log.error("event.undecodable", handler=self.method_name, count=error.error_count())  # noqa: TRY400
            metrics.handled.labels(self.method_name, "undecodable").inc()
            self.queue_consumer.park_message(message)
            return
        trace = tracing.begin(f"hear {self.event.routing_key}", parent=envelope.traceparent, kind="consumer")
        service = str(self.container.service_name)
        call = Call(
            actor=system_actor(service, envelope.department),
            operation=f"{service}.{self.method_name}",
            traceparent=trace.traceparent,
            message_id=envelope.id,
        )
        self._spawn(event, call, message, trace, tries=0)

    def _spawn(self, event: Event, call: Call, message: Any, trace: tracing.Trace, tries: int) -> None:
        started = time.perf_counter()

        def done(_: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            error = exc_info[1] if exc_info else None
            self._settle(event, call, message, trace, tries, error, time.perf_counter() - started)
            return result, None

        try:
            self.container.spawn_worker(self, (event,), {}, context_data={CALL: call}, handle_result=done)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)

    def _settle(
        self,
        event: Event,
        call: Call,
        message: Any,
        trace: tracing.Trace,
        tries: int,
        error: BaseException | None,
        seconds: float,
    ) -> None:
        outcome = _outcome(error)
        metrics.handled.labels(self.method_name, outcome).inc()
        metrics.handle_seconds.labels(self.method_name).observe(seconds)
        log.info(
            "event.handled",
            handler=call.operation,
            heard=self.event.routing_key,
            outcome=outcome,
            error=type(error).__name__ if outcome == "failed" else None,
            message_id=str(call.message_id),
            subject=str(event.subject),
            trace=trace.id,
            attempt=tries + 1,
            milliseconds=round(seconds * 1000, 1),
        )
        if outcome == "paused":
            self.container.spawn_managed_thread(lambda: self._again(event, call, message, trace, tries))
            return
        trace.end(outcome)
        if outcome == "failed" and error is not None:
            log.error("event.failed", handler=call.operation, error=type(error).__name__, exc_info=error)
            self._climb(message, error)
        else:
            self.queue_consumer.ack_message(message)

    def _again(self, event: Event, call: Call, message: Any, trace: tracing.Trace, tries: int) -> None:
        until = time.monotonic() + PAUSE_SECONDS[min(tries, len(PAUSE_SECONDS) - 1)]
        while not self._stopping and time.monotonic() < until:
            eventlet.sleep(0.1)
        if self._stopping:
            self.queue_consumer.requeue_message(message)
            return
        if self.container._being_killed or message.channel.connection is None:  # noqa: SLF001 - nameko has no question for it
            return  # unacknowledged: the broker delivers it again
        self._spawn(event, call, message, trace, tries + 1)

    def _climb(self, message: Any, error: BaseException) -> None:
        headers = dict(message.headers or {})
        attempt = int(headers.get(ATTEMPT) or 0) + 1
        step = f"retry.{attempt}" if attempt <= len(RETRY_SECONDS) else PARKING
        headers |= {ATTEMPT: attempt, ORIGIN: self.queue.name, REASON: type(error).__name__}
        publisher = ConfirmingPublisher(self.container.config[AMQP_URI_CONFIG_KEY])
        options = {k: v for k in ("message_id", "type", "app_id", "timestamp") if (v := message.properties.get(k))}
        tries = 0
        while True:
            try:
                confirm(
                    publisher,
                    bytes(message.body) if not isinstance(message.body, str) else message.body.encode(),
                    seconds=10,
                    serializer=None,
                    content_type=message.content_type or CONTENT_TYPE,
                    content_encoding="utf-8",
                    exchange=step,
                    routing_key=self.queue.name,
                    headers=headers,
                    mandatory=True,
                    **options,
                )
                break
            except Exception as unpublished:  # noqa: BLE001 - whatever it is, the message stays ours until it is safe
                log.warning("retry.unpublished", error=type(unpublished).__name__, queue=step)
                eventlet.sleep(PAUSE_SECONDS[min(tries, len(PAUSE_SECONDS) - 1)])
                tries += 1
                if message.channel.connection is None:
                    return
        self.queue_consumer.ack_message(message)


def hears(event: type[E]) -> Callable[[Callable[[S, E], None]], Callable[[S, E], None]]:
    """Make a method a handler of `event`: it runs once for each, in one transaction of its own."""

    def decorate(handle: Callable[[S, E], None]) -> Callable[[S, E], None]:
        @wraps(handle)
        def entrypoint(self: S, heard: E) -> None:
            handle(self, heard)

        entrypoint.hears = event  # type: ignore[attr-defined]
        exposed: Callable[[S, E], None] = Hear.decorator(event=event, expected_exceptions=Exception)(entrypoint)
        return exposed

    return decorate


def subscriptions_of(service_class: type) -> list[Subscription]:
    """What the handlers of a nameko class hear."""
    return [
        Subscription(
            source=method.hears.source,
            routing_key=method.hears.routing_key,
            service=service_class.name,  # type: ignore[attr-defined]
            handler=name,
        )
        for name, method in vars(service_class).items()
        if hasattr(method, "hears")
    ]


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return "ok"
    if isinstance(error, AlreadyHandled):
        return "duplicate"
    if isinstance(error, Unavailable) and isinstance(error, ServiceError):
        return "paused"
    return "failed"
