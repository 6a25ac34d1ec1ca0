"""Calling another service from a nameko worker: typed, bounded, with the caller's own identity passed on.

nameko's own proxy waits for ever and leaks what it waits for; here a call ends at its deadline, and a late answer
finds nobody.
"""

import time
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from eventlet import Timeout
from eventlet.event import Event
from kombu import Exchange, Queue
from nameko.constants import AMQP_URI_CONFIG_KEY
from nameko.extensions import ProviderCollector, SharedExtension
from pydantic import TypeAdapter

from shared.call import Call
from shared.contracts.base import Request
from shared.errors import Unavailable
from shared.rpc.hardened import ConfirmingPublisher, DrainingConsumer, Unroutable
from shared.rpc.server import CallBound
from shared.rpc.wire import COMMAND, DEADLINE, EXCHANGE, TOKEN, TRACEPARENT, error_from_wire

Reply = TypeVar("Reply")
TIMEOUT_SECONDS = 3.0


class CalleeSilent(Unavailable):
    """The service did not answer in time."""

    code = "callee_silent"


class ReplyListener(SharedExtension, ProviderCollector):  # type: ignore[misc]
    """One exclusive queue for the answers to this process: it goes when the process goes."""

    queue_consumer = DrainingConsumer()

    def __init__(self) -> None:
        self._waiting: dict[str, Event] = {}
        super().__init__()

    def setup(self) -> None:
        self.routing_key = uuid4().hex
        self.queue = Queue(
            f"rpc.reply-{self.container.service_name}-{self.routing_key}",
            exchange=Exchange(EXCHANGE, type="topic", no_declare=True),
            routing_key=self.routing_key,
            durable=False,
            exclusive=True,
            auto_delete=True,
        )
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        self.queue_consumer.unregister_provider(self)
        super().stop()

    def expect(self, correlation_id: str) -> Event:
        """An event that fires with the answer."""
        self._waiting[correlation_id] = Event()
        return self._waiting[correlation_id]

    def forget(self, correlation_id: str) -> None:
        """Nobody waits any more."""
        self._waiting.pop(correlation_id, None)

    def handle_message(self, body: Any, message: Any) -> None:
        self.queue_consumer.ack_message(message)
        event = self._waiting.pop(message.properties.get("correlation_id"), None)
        if event is not None:
            event.send(body)


class Caller:
    """Calls other services on behalf of one call in hand."""

    def __init__(self, listener: ReplyListener, call: Call) -> None:
        self._listener, self._call = listener, call

    def call(
        self, request: Request[Reply], *, command_id: UUID | None = None, seconds: float = TIMEOUT_SECONDS
    ) -> Reply:
        """The typed answer; raises one of the six kinds. Never waits beyond the deadline of the call in hand."""
        now = time.time()
        deadline = min(self._call.deadline or now + seconds, now + seconds)
        correlation_id = uuid4().hex
        answer = self._listener.expect(correlation_id)
        try:
            with Timeout(max(deadline - now, 0.01), CalleeSilent(operation=request.method)):
                self._publish(request, correlation_id, deadline, command_id)
                body = answer.wait()
        except Unroutable as error:
            raise Unavailable(f"There is no {request.service} service.", code="no_such_service") from error
        finally:
            self._listener.forget(correlation_id)
        if body["error"]:
            raise error_from_wire(body["error"])
        return cast("Reply", TypeAdapter(request.reply).validate_python(body["result"]))

    def _publish(self, request: Request[Any], correlation_id: str, deadline: float, command_id: UUID | None) -> None:
        headers = {TOKEN: self._call.token, DEADLINE: str(deadline), TRACEPARENT: self._call.traceparent}
        if command_id is not None:
            headers[COMMAND] = str(command_id)
        ConfirmingPublisher(self._listener.container.config[AMQP_URI_CONFIG_KEY]).publish(
            {"args": [request.model_dump(mode="json", exclude_none=True)], "kwargs": {}},
            serializer="json",
            exchange=EXCHANGE,
            routing_key=f"{request.service}.{request.method}",
            reply_to=self._listener.routing_key,
            correlation_id=correlation_id,
            mandatory=True,
            headers=headers,
        )


class Rpc(CallBound):
    """The dependency: a `Caller` for the call in hand."""

    listener = ReplyListener()

    def for_call(self, call: Call) -> Caller:
        return Caller(self.listener, call)
