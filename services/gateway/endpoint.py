"""The one endpoint behind every route: identify, decide, read, ask, record, show."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, NoReturn, Protocol
from uuid import UUID, uuid4, uuid5

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.asking import request_of
from services.gateway.deciding import decide
from services.gateway.edge.cursors import Cursors, bound_to
from services.gateway.edge.forwarding import CLIENT
from services.gateway.edge.headers import Headers
from services.gateway.edge.preconditions import key_of
from services.gateway.edge.problem import Problem, problem_of
from services.gateway.edge.responding import Answer, send_answer
from services.gateway.edge.same_origin import require_same_origin
from services.gateway.identity.acting import Acting
from services.gateway.identity.callers import Caller
from services.gateway.identity.purposes import OtherPurpose, purpose_of
from services.gateway.identity.stepping_up import STEP_UP, step_up_of, step_up_required
from services.gateway.limits.limiter import Limiter, SharedQuotas
from services.gateway.limits.telling import headers_of, refusal
from services.gateway.minting import Mint
from services.gateway.quotas import ANONYMOUS, Kind, kind_of
from services.gateway.route import Route
from services.gateway.settings import Settings
from services.gateway.showing import access_of, answer_of, shown_of
from shared.authz.decisions import PolicyRefused
from shared.authz.model import ERRED, StepUp
from shared.contracts.actor import Actor
from shared.contracts.base import Event, Request
from shared.contracts.gateway.events import AccessDenied, PolicyErred
from shared.errors import Forbidden, NotFound, ServiceError
from shared.observability import metrics, tracing

log = structlog.get_logger()
COMMANDS: Final = UUID("0a0c7c1e-52a5-5c8e-8f0c-6d0a7f4f5b21")
"""The namespace in which a command's id is derived from actor, operation and idempotency key."""
SENT: Final = Answer(200, b"", code="streamed")
"""Stands for an answer that has left already."""


class Rpc(Protocol):
    """Asks the service that owns the answer."""

    async def call(
        self,
        request: Request[Any],
        *,
        token: str,
        traceparent: str,
        command_id: UUID | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - it travels with the call
    ) -> Any:
        """The answer as plain JSON; raises one of the six kinds."""


class Record(Protocol):
    """Keeps who saw what and who was refused."""

    def require(self) -> None:
        """Raises where recording is known not to work."""

    async def record(self, event: Event, *, actor: Actor, traceparent: str) -> None:
        """The event is committed, or this raises."""


class Callers(Protocol):
    """Establishes who calls."""

    async def identify(self, headers: Headers, *, traceparent: str, acts: bool = True) -> Caller:
        """Who calls; raises an unauthenticated problem where that cannot be established.

        `acts` says whether they do something now, or are only asked for because an answer goes on.
        """


class Speaker(Protocol):
    """Serves one route that streams."""

    async def __call__(self, visit: "Visit") -> Answer | None:
        """The answer; None where it was sent already."""


@dataclass(frozen=True)
class Tools:
    """What every request is served with."""

    settings: Settings
    callers: Callers
    mint: Mint
    rpc: Rpc
    record: Record
    speakers: Mapping[str, Speaker] = field(default_factory=dict)
    acting: Acting | None = None
    doors: Mapping[str, ASGIApp] = field(default_factory=dict)
    """What is no route, by its address: signing in and out."""
    shared_quotas: SharedQuotas | None = None

    @cached_property
    def limiter(self) -> Limiter:
        """Who may still ask for how much."""
        return Limiter(self.settings.quotas, self.shared_quotas)

    @cached_property
    def cursors(self) -> Cursors:
        """What pages are sealed with."""
        keys = [key.get_secret_value().encode() for key in self.settings.page_keys]
        return Cursors(keys, seconds=self.settings.cursor_seconds)


class PathEndpoint:
    """Serves all the methods of one path."""

    def __init__(self, routes: Mapping[str, Route], tools: Tools, table: Sequence[Route] = ()) -> None:
        self._routes, self._tools, self._table = dict(routes), tools, table
        if "GET" in self._routes:
            self._routes["HEAD"] = self._routes["GET"]
        self._allow = ", ".join(sorted(self._routes)).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, one answer, one line in the log."""
        started = time.perf_counter()
        headers = Headers(scope["headers"])
        route = self._routes.get(scope["method"])
        operation = route.operation if route else "none"
        trace = tracing.begin(operation, parent=headers.optional(b"traceparent"), kind="server")
        serving, sending = _Serving(self._tools, headers, trace, self._table), _Sending(send)
        try:
            answer = await serving.answer(route or self._refuse(), scope, receive, sending)
        except ServiceError as error:
            answer = Answer.of_problem(problem_of(error), trace.id)
        except Problem as problem:
            answer = Answer.of_problem(problem, trace.id)
        except Exception as error:  # the last resort: nothing of ours is ever shown
            log.exception("request.failed", operation=operation, error=type(error).__name__, trace=trace.id)
            answer = Answer.of_problem(Problem("failed"), trace.id)
        if not sending.begun:
            answer = replace(answer, headers=(*answer.headers, *serving.told))
            await send_answer(send, answer, trace.id, head=scope["method"] == "HEAD")
        seconds = time.perf_counter() - started
        trace.end(answer.code)
        metrics.requests.labels(operation, answer.status).inc()
        metrics.request_seconds.labels(operation).observe(seconds)
        log.info(
            "request",
            operation=operation,
            status=answer.status,
            outcome=answer.code,
            actor=str(serving.actor.id) if serving.actor else None,
            on_behalf_of=on_behalf_of(serving.actor),
            trace=trace.id,
            milliseconds=round(seconds * 1000, 1),
        )

    def _refuse(self) -> NoReturn:
        raise Problem("method_not_allowed", headers=((b"allow", self._allow),))


def on_behalf_of(actor: Actor | None) -> str | None:
    """For whom, in a line of the log; None where they act for themselves."""
    return str(actor.on_behalf_of) if actor and actor.on_behalf_of else None


class _Sending:
    """Sends, and remembers that an answer has begun: there is no second one, whatever fails later."""

    def __init__(self, send: Send) -> None:
        self._send, self.begun = send, False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self._send(message)


class _Serving:
    """One request being served."""

    def __init__(self, tools: Tools, headers: Headers, trace: tracing.Trace, table: Sequence[Route]) -> None:
        self._tools, self._headers, self._trace, self._table = tools, headers, trace, table
        self.caller: Caller | None = None
        self.actor: Actor | None = None
        self.told: tuple[tuple[bytes, bytes], ...] = ()
        """What every answer to this request says of its caller's quota."""

    async def answer(self, route: Route, scope: Scope, receive: Receive, send: Send) -> Answer:
        """What the caller is shown; raises a problem or one of the six kinds."""
        try:
            actor = await self._identify(route)
        except Problem as problem:
            if problem.slug == "unauthenticated":
                await self._count(scope.get(CLIENT, ""), ANONYMOUS, "sign_in")
            raise
        await self._count(str(actor.owner), actor.kind.value, kind_of(route.method, writes=route.request.writes))
        await self._decide(route, actor)
        command_id = self._command_id(route, actor)
        cursors = self._tools.cursors
        asked = await request_of(
            route,
            scope,
            self._headers,
            receive,
            self._tools.settings,
            cursor_of=lambda sealed, request: cursors.open(sealed, bound_to(actor, request)),
        )
        if route.subjects is not None:
            self._tools.record.require()
        if route.speaks is not None:
            visit = Visit(self, route, actor, asked.request, scope, receive, send, command_id)
            return await self._tools.speakers[route.speaks](visit) or SENT
        reply = await self._ask(route, asked.request, actor, command_id)
        shown = shown_of(route, asked, reply)
        if route.subjects is not None:
            await self.tell(access_of(route, asked.request, reply, shown, actor), actor)
        return answer_of(route, asked, reply, shown, actor=actor, headers=self._headers, cursors=cursors)

    @property
    def headers(self) -> Headers:
        """What was said beside the body."""
        return self._headers

    @property
    def trace(self) -> str:
        """What to quote when one asks about this request."""
        return self._trace.id

    async def again(self, route: Route) -> Actor:
        """Identify and decide anew, while an answer goes on: who they are now."""
        actor = await self._identify(route, acts=False)
        await self._decide(route, actor)
        return actor

    async def _identify(self, route: Route, *, acts: bool = True) -> Actor:
        self.caller = await self._tools.callers.identify(self._headers, traceparent=self._trace.traceparent, acts=acts)
        self.actor = self.caller.actor
        if self.caller.by_session:
            require_same_origin(self._headers, route.method, self._tools.settings.origin)
        if self._tools.acting is not None:
            self.actor = await self._tools.acting.as_asked(self.actor, self._headers)
        stated = self._headers.one(b"tellus-purpose")
        try:
            purpose = purpose_of(stated, registered=self.actor.purpose, usual=route.purpose)
        except OtherPurpose as error:
            await self._tell_denied(route, self.actor, error.error_code, ())
            raise
        return self.actor.model_copy(update={"purpose": purpose})

    async def _count(self, client: str, sort: str, kind: Kind) -> None:
        verdict = await self._tools.limiter.take(client, sort, kind)
        self.told = headers_of(verdict)
        if not verdict.allowed:
            raise refusal(verdict)

    async def _decide(self, route: Route, actor: Actor) -> None:
        decision = decide(actor, route.service, route.operation)
        if not decision.allowed:
            code = PolicyRefused.code if decision.step_up is None else STEP_UP
            await self._tell_denied(route, actor, code, decision.policies)
            if decision.step_up is not None:
                raise self._stepping_up(decision.step_up)
            raise PolicyRefused(f"None of your roles allows {route.operation}.")

    def _command_id(self, route: Route, actor: Actor) -> UUID | None:
        if route.takes_key:
            who = f"{actor.id}:{actor.on_behalf_of}" if actor.on_behalf_of else str(actor.id)
            return uuid5(COMMANDS, f"{who}:{route.operation}:{key_of(self._headers)}")
        return uuid4() if route.request.writes else None

    async def _ask(self, route: Route, request: Request[Any], actor: Actor, command_id: UUID | None) -> Any:
        if route.answered_here is not None:
            return route.answered_here(actor, self._table)
        return await self.ask(route, request, actor, command_id)

    async def ask(self, route: Route, request: Request[Any], actor: Actor, command_id: UUID | None) -> Any:
        """The owner's answer; a refusal is on record before it is told."""
        try:
            return await self._tools.rpc.call(
                request,
                token=self._tools.mint.token(actor, request.method),
                traceparent=self._trace.traceparent,
                command_id=command_id,
                timeout=self._tools.settings.call_seconds,
            )
        except Forbidden as error:
            policies = tuple(map(str, error.details.get("policies", ())))
            asked = step_up_of(error.details.get("step_up"))
            await self._tell_denied(route, actor, error.error_code if asked is None else STEP_UP, policies)
            if asked is not None:
                raise self._stepping_up(asked) from error
            raise
        except NotFound as error:
            # what is hidden and what is not there are recorded alike, and take as long; why goes no further than here
            await self._tell_denied(route, actor, error.error_code, tuple(map(str, error.details.get("refused", ()))))
            raise

    def _stepping_up(self, asked: StepUp) -> Problem:
        assert self.caller is not None
        return step_up_required(self.caller, asked, self._tools.settings)

    async def tell(self, event: Event, actor: Actor) -> None:
        """The event is committed, or this raises."""
        await self._tools.record.record(event, actor=actor, traceparent=self._trace.traceparent)

    async def _tell_denied(self, route: Route, actor: Actor, code: str, policies: tuple[str, ...]) -> None:
        denied = AccessDenied(
            subject=actor.id, subject_version=0, operation=route.operation, code=code, policies=policies
        )
        await self.tell(denied, actor)
        if ERRED in policies:
            await self.tell(PolicyErred(subject=actor.id, subject_version=0, operation=route.operation), actor)


@dataclass
class Visit:
    """One request for a route that speaks for itself: identified, decided and read, but not answered."""

    serving: _Serving
    route: Route
    actor: Actor
    """Who asks, as they were last found to be: at first, or when asked about again."""
    request: Request[Any]
    scope: Scope
    receive: Receive
    send: Send
    command_id: UUID | None

    @property
    def headers(self) -> Headers:
        """What was said beside the body."""
        return self.serving.headers

    @property
    def trace(self) -> str:
        """What to quote when one asks about this request."""
        return self.serving.trace

    async def ask(self, request: Request[Any], command_id: UUID | None = None) -> Any:
        """A service's answer to this actor, as plain JSON; raises one of the six kinds."""
        return await self.serving.ask(self.route, request, self.actor, command_id)

    async def again(self) -> None:
        """From now on this is of the caller as they are now; raises a problem or Forbidden where they may not go on."""
        self.actor = await self.serving.again(self.route)

    async def tell(self, event: Event) -> None:
        """The event is committed, or this raises."""
        await self.serving.tell(event, self.actor)
