"""What anybody may ask for without signing in, each address so much of it."""

from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.edge.bounds import refuse
from services.gateway.edge.forwarding import CLIENT
from services.gateway.limits.limiter import Limiter
from services.gateway.limits.telling import refusal
from services.gateway.quotas import ANONYMOUS, Kind


class Public:
    """Passes on what is within the quota of where it came from."""

    def __init__(self, app: ASGIApp, limiter: Limiter, kind: Kind = "read") -> None:
        self._app, self._limiter = app, limiter
        self._kind: Kind = kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page, or the refusal."""
        verdict = await self._limiter.take(scope.get(CLIENT, ""), ANONYMOUS, self._kind)
        if verdict.allowed:
            await self._app(scope, receive, send)
        else:
            await refuse(scope, send, refusal(verdict))
