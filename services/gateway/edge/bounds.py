"""The outermost layer: no more requests at once than can be served, and no addresses with control characters in them."""

from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.edge.headers import Headers
from services.gateway.edge.problem import Problem, problem_of
from services.gateway.edge.responding import Answer, send_answer
from shared.errors import Unavailable
from shared.observability import metrics, tracing

LOWEST_PRINTABLE = " "


class Bounds:
    """Passes on what may be served. `serving` counts what is under way, for a stop that waits."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app, self._most = app, most
        self.serving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count one request in and out."""
        if self.serving >= self._most:
            busy = Unavailable("Too much is asked at once: try again in a moment.", code="busy")
            await refuse(scope, send, problem_of(busy))
            return
        if any(character < LOWEST_PRINTABLE for character in scope["path"]):
            await unknown_route(scope, receive, send)
            return
        self.serving += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self.serving -= 1


async def unknown_route(scope: Scope, _: Receive, send: Send) -> None:
    """There is nothing at this address."""
    await refuse(scope, send, Problem("not_found", "There is nothing at this address: /docs lists what there is."))


async def refuse(scope: Scope, send: Send, problem: Problem) -> None:
    """Answer with a problem before any route was chosen."""
    trace = tracing.begin("none", parent=Headers(scope["headers"]).optional(b"traceparent"), kind="server")
    answer = Answer.of_problem(problem, trace.id)
    await send_answer(send, answer, trace.id, head=scope["method"] == "HEAD")
    trace.end(answer.code)
    metrics.requests.labels("none", answer.status).inc()
