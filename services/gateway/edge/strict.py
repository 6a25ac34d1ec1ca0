"""The outermost layer: a request is passed on only in the one reading that it can have, and without what is not read."""

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.edge.bounds import refuse
from services.gateway.edge.forwarding import CLIENT, Origins
from services.gateway.edge.framing import check_headers
from services.gateway.edge.headers import READ
from services.gateway.edge.pace import Paced
from services.gateway.edge.problem import Problem
from services.gateway.edge.target import check_target
from services.gateway.settings import Settings

log = structlog.get_logger()


class StrictEdge:
    """Checks framing, addressee and address; derives the client; leaves of the headers only those that are read."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self._hosts = frozenset(host.lower() for host in settings.hosts)
        self._most, self._most_bytes, self._uri_bytes = settings.header_count, settings.header_bytes, settings.uri_bytes
        self._pace = {"grace_seconds": settings.body_grace_seconds, "bytes_per_second": settings.body_rate}
        key = settings.signing_key.get_secret_value().encode()
        self._origins = Origins(settings.proxies, settings.forwarded_header, key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request, or answer it with what is wrong with it."""
        if scope["type"] != "http":
            return  # there is no other door
        raw: tuple[tuple[bytes, bytes], ...] = tuple(scope["headers"])
        scope[CLIENT] = self._origins.digest((scope.get("client") or ("",))[0], raw)
        scope["headers"] = tuple(header for header in raw if header[0].lower() in READ)
        try:
            content = check_headers(
                raw, method=scope["method"], most=self._most, most_bytes=self._most_bytes, hosts=self._hosts
            )
            path = scope.get("raw_path") or scope["path"].encode()
            check_target(path, scope["query_string"], most_bytes=self._uri_bytes)
        except Problem as problem:
            await refuse(scope, send, problem)
            return
        answering = _Answering(send)
        try:
            await self.app(scope, Paced(receive, **self._pace) if content else receive, answering)
        except Exception as error:  # the last resort: whatever layer failed, nothing of ours is shown
            log.exception("request.failed", operation="none", error=type(error).__name__)
            if answering.begun:
                raise
            await refuse(scope, send, Problem("failed"))


class _Answering:
    """Knows whether an answer has begun."""

    __slots__ = ("_send", "begun")

    def __init__(self, send: Send) -> None:
        self._send, self.begun = send, False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self._send(message)
