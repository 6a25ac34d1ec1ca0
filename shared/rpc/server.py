"""`@answers(RegisterContact)`: JSON in, JSON out, the caller verified, the deadline kept, errors as six kinds."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

import orjson
import structlog
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import DependencyProvider
from nameko.rpc import Rpc
from pydantic import BaseModel, ValidationError

from shared.call import AlreadyDone, Call, fingerprint
from shared.contracts.base import Request
from shared.errors import Forbidden, Invalid, ServiceError, Unavailable
from shared.observability import metrics, tracing
from shared.rpc.config import CALL, VERIFIER
from shared.rpc.hardened import GuardedRpcConsumer
from shared.rpc.wire import COMMAND, TOKEN, TRACEPARENT, deadline_of, error_to_wire, expired

S = TypeVar("S")
Q = TypeVar("Q", bound=Request[Any])
log = structlog.get_logger()


class RequestMalformed(Invalid):
    """The request does not have the shape that this operation asks for."""

    code = "malformed"


class TokenMisused(Forbidden):
    """The transaction token was given out for another operation than this."""

    code = "token_misused"


class Answer(Rpc):  # type: ignore[misc]
    """The entrypoint behind `@answers`: checks everything about a call before a worker is spent on it."""

    rpc_consumer = GuardedRpcConsumer()

    def __init__(self, request: type[Request[Any]], **kwargs: Any) -> None:
        self.request = request
        super().__init__(**kwargs)

    def handle_message(self, body: Any, message: Any) -> None:
        started = time.perf_counter()
        headers = message.headers or {}
        trace = tracing.begin(self.request.method, parent=headers.get(TRACEPARENT), kind="server")
        if expired(deadline_of(headers)):
            log.warning("call.expired", operation=self.request.method)
            metrics.calls.labels(self.request.method, "expired").inc()
            self.rpc_consumer.queue_consumer.ack_message(message)
            return
        try:
            request, call = self._open(body, headers, trace.traceparent)
        except ServiceError as error:
            self._close(message, started, trace, None, error)
            return
        try:
            self.container.spawn_worker(
                self,
                (request,),
                {},
                context_data={CALL: call},
                handle_result=lambda _, result, exc_info: self._done(message, started, trace, call, result, exc_info),
            )
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)

    def _open(self, body: Any, headers: dict[str, Any], traceparent: str) -> tuple[Request[Any], Call]:
        token = str(headers.get(TOKEN) or "")
        verified = self.container.config[VERIFIER].verify(token)
        if verified.operation != self.request.method and verified.operation not in self.request.within:
            raise TokenMisused
        try:
            (arguments,) = body["args"]
            request = self.request.model_validate_json(orjson.dumps(arguments), strict=False)
            command_id = UUID(headers[COMMAND]) if self.request.writes else None
        except ValidationError as error:
            raise RequestMalformed(errors=pointers(error)) from error
        except (KeyError, TypeError, ValueError) as error:
            raise RequestMalformed("A call has one request, and a write has a command id.") from error
        return request, Call(
            actor=verified.actor,
            operation=self.request.method,
            traceparent=traceparent,
            command_id=command_id,
            fingerprint=fingerprint(orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS)),
            token=token,
            deadline=deadline_of(headers),
        )

    def _done(
        self, message: Any, started: float, trace: tracing.Trace, call: Call, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        error = exc_info[1] if exc_info else None
        if error is not None and not isinstance(error, ServiceError):
            log.error("call.failed", operation=call.operation, error=type(error).__name__, exc_info=exc_info)
            error = Unavailable("Something failed here that should not have; it is logged.", code="failed")
        self._close(message, started, trace, result, error, call)
        return result, None

    def _close(
        self,
        message: Any,
        started: float,
        trace: tracing.Trace,
        result: Any,
        error: ServiceError | None,
        call: Call | None = None,
    ) -> None:
        payload = {"result": result, "error": error_to_wire(error) if error else None}
        self.rpc_consumer.answer(message, payload)
        outcome = error.error_code if error else "ok"
        seconds = time.perf_counter() - started
        trace.end(outcome)
        metrics.calls.labels(self.request.method, outcome).inc()
        metrics.call_seconds.labels(self.request.method).observe(seconds)
        log.info(
            "call",
            operation=self.request.method,
            outcome=outcome,
            actor=str(call.actor.id) if call else None,
            on_behalf_of=str(call.actor.on_behalf_of) if call and call.actor.on_behalf_of else None,
            command=str(call.command_id) if call and call.command_id else None,
            trace=trace.id,
            milliseconds=round(seconds * 1000, 1),
        )


def answers(request: type[Q]) -> Callable[[Callable[[S, Q], BaseModel]], Callable[[S, Q], Any]]:
    """Make a method the one handler of `request`."""

    def decorate(handle: Callable[[S, Q], BaseModel]) -> Callable[[S, Q], Any]:
        assert handle.__name__ == request.method, f"{handle.__name__} answers {request.method}"

        @wraps(handle)
        def entrypoint(self: S, asked: Q) -> Any:
            try:
                return handle(self, asked).model_dump(mode="json")
            except AlreadyDone as done:
                return orjson.loads(done.reply)

        entrypoint.answers = request  # type: ignore[attr-defined]
        exposed: Callable[[S, Q], Any] = Answer.decorator(request=request, expected_exceptions=Exception)(entrypoint)
        return exposed

    return decorate


class CallBound(DependencyProvider):  # type: ignore[misc]
    """A dependency that is made for the call in hand. `for_call` opens nothing, so it cannot fail."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.for_call(worker_ctx.data[CALL])

    def for_call(self, call: Call) -> Any:
        """What the method sees under this dependency's name."""
        raise NotImplementedError


def pointers(error: ValidationError) -> list[dict[str, str]]:
    """What was wrong where, by JSON pointer (RFC 6901), without repeating what was sent."""
    return [
        {"pointer": "".join(f"/{_escape(part)}" for part in e["loc"]), "detail": e["msg"]}
        for e in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _escape(part: int | str) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
