"""Pages of other origins, where settings name them, may call with a token of their own (CORS); never with a session."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.edge.headers import SECURITY, Headers
from services.gateway.settings import Settings

_METHODS: Final = b"GET, POST, PUT, PATCH, DELETE"
_SENT: Final = (
    b"authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, tellus-purpose, traceparent"
)
_SHOWN: Final = b"etag, location, retry-after, tellus-trace, www-authenticate, ratelimit, ratelimit-policy, link"
_SECONDS: Final = b"600"


class CrossOrigin:
    """Answers preflights of listed origins, and lets their pages read what they are answered."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self._origins = frozenset(origin.encode() for origin in settings.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request; what is not listed is answered as if nobody had asked from elsewhere."""
        headers = Headers(scope["headers"])
        origin = (headers.optional(b"origin") or "").encode()
        if origin not in self._origins:
            await self.app(scope, receive, send)
            return
        allowed = [(b"access-control-allow-origin", origin), (b"vary", b"origin")]
        if scope["method"] == "OPTIONS" and headers.optional(b"access-control-request-method") is not None:
            more = [
                (b"access-control-allow-methods", _METHODS),
                (b"access-control-allow-headers", _SENT),
                (b"access-control-max-age", _SECONDS),
            ]
            await send({"type": "http.response.start", "status": 204, "headers": [*SECURITY, *allowed, *more]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def shown(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(n, v) for n, v in message["headers"] if n != b"cross-origin-resource-policy"]
                exposed = (b"access-control-expose-headers", _SHOWN)
                shared = (b"cross-origin-resource-policy", b"cross-origin")
                message = {**message, "headers": [*kept, *allowed, exposed, shared]}
            await send(message)

        await self.app(scope, receive, shown)
