"""No more requests at once than can be served, and no more bodies under way than fit, of one client or of all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.edge.forwarding import CLIENT
from services.gateway.edge.headers import Headers
from services.gateway.edge.problem import Problem, problem_of
from services.gateway.edge.responding import Answer, send_answer
from services.gateway.edge.target import NOWHERE
from shared.errors import TooMany, Unavailable
from shared.observability import metrics, tracing

log = structlog.get_logger()
ASIDE: Final = "tellus.stand_aside"
"""Where a request finds a way to be counted out while its answer goes on."""
BUSY: Final = "Too much is asked at once: try again in a moment."


class Bounds:
    """Passes on what may be served. `serving` counts what is under way, without bodies and answers that take their time."""

    def __init__(self, app: ASGIApp, *, most: int, most_bodies: int, most_bodies_each: int) -> None:
        self.app, self._most = app, most
        self._most_bodies, self._most_bodies_each = most_bodies, most_bodies_each
        self.serving = 0
        self._bodies = 0
        self._bodies_of: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count one request in and out."""
        if self.serving >= self._most:
            await refuse(scope, send, problem_of(Unavailable(BUSY, code="busy")))
            return
        place = _Place(self, scope.get(CLIENT, ""), receive, send)
        scope[ASIDE] = place.aside
        place.take()
        try:
            await self.app(scope, place.receive, place.send)
        finally:
            place.leave()

    @contextmanager
    def arriving(self, client: str) -> Iterator[None]:
        """While a body arrives; raises where that are too many, of this client or of all."""
        if self._bodies_of[client] >= self._most_bodies_each:
            raise TooMany("Too many bodies arrive from where you are: send fewer at once.", code="too_many_bodies")
        if self._bodies >= self._most_bodies:
            raise Unavailable(BUSY, code="busy")
        self._bodies += 1
        self._bodies_of[client] += 1
        try:
            yield
        finally:
            self._bodies -= 1
            self._bodies_of[client] -= 1
            if not self._bodies_of[client]:
                del self._bodies_of[client]


class _Place:
    """One request's place among those that are served, left while others are waited for."""

    __slots__ = ("_arrived", "_bounds", "_client", "_receive", "_send", "_taken")

    def __init__(self, bounds: Bounds, client: str, receive: Receive, send: Send) -> None:
        self._bounds, self._client, self._receive, self._send = bounds, client, receive, send
        self._taken = self._arrived = False

    def take(self) -> None:
        self._bounds.serving += 1
        self._taken = True

    def leave(self) -> None:
        if self._taken:
            self._bounds.serving -= 1
            self._taken = False

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What goes on for long, with bounds of its own, keeps nobody else from being served."""
        had = self._taken
        self.leave()
        try:
            yield
        finally:
            if had:
                self.take()

    async def receive(self) -> Message:
        """The next piece of the body, whose sender may be slow; afterwards, a goodbye."""
        if self._arrived:
            return await self._receive()
        with self._bounds.arriving(self._client), self.aside():
            message = await self._receive()
        self._arrived = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Send; an answer in pieces goes on for as long as its reader likes, under bounds of its own."""
        if message.get("more_body", False):
            self.leave()
        await self._send(message)


async def unknown_route(scope: Scope, _: Receive, send: Send) -> None:
    """There is nothing at this address."""
    await refuse(scope, send, Problem("not_found", NOWHERE))


async def refuse(scope: Scope, send: Send, problem: Problem) -> None:
    """Answer with a problem before any route was chosen."""
    trace = tracing.begin("none", parent=Headers(scope["headers"]).optional(b"traceparent"), kind="server")
    answer = Answer.of_problem(problem, trace.id)
    await send_answer(send, answer, trace.id, head=scope["method"] == "HEAD")
    trace.end(answer.code)
    metrics.requests.labels("none", answer.status).inc()
    log.info(
        "request", operation="none", status=answer.status, outcome=answer.code, client=scope.get(CLIENT), trace=trace.id
    )
