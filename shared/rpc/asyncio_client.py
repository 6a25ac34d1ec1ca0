"""Calling services from asyncio: for the gateway, the relay and other processes that never import nameko.

Speaks nameko's frames over aio-pika. A call ends at its deadline; the connection mends itself; a service that does
not exist is known at once (mandatory), one that is down answers Unavailable when the time is over.
"""

import asyncio
import time
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import orjson
import structlog
from aio_pika import DeliveryMode
from aio_pika.abc import AbstractIncomingMessage, AbstractRobustChannel, AbstractRobustConnection
from aio_pika.exceptions import DeliveryError
from pamqp.commands import Basic

from shared.contracts.base import Request
from shared.errors import Unavailable
from shared.rpc.wire import COMMAND, DEADLINE, EXCHANGE, PRIORITY, TOKEN, TRACEPARENT, error_from_wire

log = structlog.get_logger()
TIMEOUT_SECONDS = 5.0
CONNECTION_ERRORS = (ConnectionError, aio_pika.exceptions.AMQPError, RuntimeError, OSError)


class AsyncRpc:
    """A client of every service, over one connection. Concurrent calls share it."""

    def __init__(self, amqp_url: str, *, name: str) -> None:
        self._url, self._name = amqp_url, name
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._connection: AbstractRobustConnection | None = None
        self._channel: AbstractRobustChannel | None = None
        self._reply_key = uuid4().hex

    async def connect(self) -> None:
        """Open the connection and the queue for answers; raises ConnectionError where the broker is not there."""
        await self._let_go()
        self._connection = await aio_pika.connect_robust(
            self._url, timeout=5, heartbeat=10, reconnect_interval=1, client_properties={"connection_name": self._name}
        )
        # the driver tells of a call that cannot be routed only where publishing is confirmed
        self._channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        listening = await self._connection.channel(publisher_confirms=False)
        queue = await listening.declare_queue(
            f"rpc.reply-{self._name}-{self._reply_key}", exclusive=True, auto_delete=True
        )
        await queue.bind(EXCHANGE, self._reply_key)
        await queue.consume(self._on_reply, no_ack=True)

    async def _let_go(self) -> None:
        # a connection that was opened but never became useful would mend itself for ever
        if self._connection is not None:
            await self._connection.close()
            self._connection = self._channel = None

    async def keep_connected(self) -> None:
        """Connect, however long the broker takes to appear; from then on the connection mends itself."""
        while True:
            try:
                await self.connect()
            except CONNECTION_ERRORS as error:
                log.warning("broker.unreachable", error=type(error).__name__)
                await asyncio.sleep(1)
            else:
                return

    async def close(self) -> None:
        """Close the connection; calls that wait are answered Unavailable."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Unavailable("This process is stopping."))
        if self._connection is not None:
            await self._connection.close()

    @property
    def ready(self) -> bool:
        """Whether a call could be sent now."""
        return bool(self._connection and self._connection.connected.is_set())

    async def call(
        self,
        request: Request[Any],
        *,
        token: str,
        traceparent: str,
        command_id: UUID | None = None,
        timeout: float = TIMEOUT_SECONDS,  # noqa: ASYNC109 - it is a property of the call, and travels with it
    ) -> Any:
        """The answer as plain JSON; raises one of the six kinds, Unavailable where none comes within `timeout` seconds.

        A write needs a `command_id`; asking again with the same one is safe.
        """
        assert command_id is not None or not request.writes, f"{request.method} is a write: it needs a command id"
        deadline = time.time() + timeout
        correlation_id = uuid4().hex
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[correlation_id] = future
        headers: dict[str, Any] = {TOKEN: token, DEADLINE: str(deadline), TRACEPARENT: traceparent}
        if command_id is not None:
            headers[COMMAND] = str(command_id)
        properties = Basic.Properties(
            content_type="application/json",
            content_encoding="utf-8",
            correlation_id=correlation_id,
            reply_to=self._reply_key,
            priority=PRIORITY,
            delivery_mode=DeliveryMode.PERSISTENT if request.writes else DeliveryMode.NOT_PERSISTENT,
            headers=headers,
        )
        body = orjson.dumps({"args": [request.model_dump(mode="json", exclude_none=True)], "kwargs": {}})
        try:
            async with asyncio.timeout(timeout):
                await self._publish(body, properties, f"{request.service}.{request.method}")
                answer = await future
        except TimeoutError as error:
            raise Unavailable(f"The {request.service} service did not answer in time.", code="callee_silent") from error
        finally:
            self._waiting.pop(correlation_id, None)
        if answer["error"]:
            raise error_from_wire(answer["error"])
        return answer["result"]

    async def _publish(self, body: bytes, properties: Basic.Properties, routing_key: str) -> None:
        channel = self._channel
        if channel is None or not self.ready:
            raise Unavailable("The message broker cannot be reached.", code="broker_unavailable")
        try:
            underlay = await channel.get_underlay_channel()
            await underlay.basic_publish(  # type: ignore[call-arg]  # the interface does not know `wait`
                body,
                exchange=EXCHANGE,
                routing_key=routing_key,
                properties=properties,
                mandatory=True,
                wait=False,  # for the buffer: the confirmation is waited for anyway
            )
        except DeliveryError as error:
            raise Unavailable(f"Nobody answers {routing_key}.", code="no_such_service") from error
        except CONNECTION_ERRORS as error:
            raise Unavailable("The message broker cannot be reached.", code="broker_unavailable") from error

    async def _on_reply(self, message: AbstractIncomingMessage) -> None:
        future = self._waiting.get(message.correlation_id or "")
        if future is not None and not future.done():
            future.set_result(orjson.loads(message.body))
