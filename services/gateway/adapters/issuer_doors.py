"""Speaks to issuers over HTTP: short, small, never redirected, and never twice for the same document at once."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx
import structlog

from services.gateway.edge import strict_json
from services.gateway.identity.keys import IssuerUnreachable
from services.gateway.sessions.relying_party import Endpoints
from services.gateway.settings import Issuer

log = structlog.get_logger()
LARGEST: Final = 131_072
SECONDS: Final = 4.0
FRESH_SECONDS: Final = 300.0
RETRY_SECONDS: Final = 2.0


class HttpDoors:
    """Issuers, as their discovery documents describe them."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Endpoints]] = {}
        self._tried: dict[str, float] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def endpoints(self, issuer: Issuer) -> Endpoints:
        known = self._known.get(issuer.issuer)
        if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        async with self._turns.setdefault(issuer.issuer, asyncio.Lock()):
            known = self._known.get(issuer.issuer)
            age = time.monotonic() - known[0] if known else float("inf")
            if (
                age >= FRESH_SECONDS
                and time.monotonic() - self._tried.get(issuer.issuer, -RETRY_SECONDS) >= RETRY_SECONDS
            ):
                known = await self._discover(issuer) or known
                self._tried[issuer.issuer] = time.monotonic()  # whoever waited meanwhile does not try again
        if known is None:
            raise IssuerUnreachable("The identity provider does not answer: try again in a moment.")
        return known[1]

    async def post(self, address: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        status, raw = await self._ask("POST", address, data=dict(form), headers=headers)
        try:
            answer = strict_json.loads(raw)
        except strict_json.NotStrictJson:
            answer = None
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
            raise IssuerUnreachable("The identity provider does not answer: try again in a moment.")
        return status, answer

    async def _discover(self, issuer: Issuer) -> tuple[float, Endpoints] | None:
        try:
            status, raw = await self._ask("GET", issuer.discovery)
            found = (time.monotonic(), _described(issuer, status, raw))
        except (IssuerUnreachable, ValueError) as error:
            log.warning("issuer.not_discovered", error=type(error).__name__)
            return None
        self._known[issuer.issuer] = found
        return found

    async def _ask(
        self, method: str, address: str, *, data: dict[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        sent = {"accept": "application/json", "user-agent": "tellus-gateway", **(headers or {})}
        chunks, size = [], 0
        try:
            async with (
                asyncio.timeout(SECONDS * 1.5),
                httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
                client.stream(method, address, data=data, headers=sent) as response,
            ):
                async for chunk in response.aiter_bytes():
                    size += len(chunk)
                    if size > LARGEST:
                        raise IssuerUnreachable("The identity provider answers with too much.")
                    chunks.append(chunk)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            raise IssuerUnreachable("The identity provider does not answer: try again in a moment.") from error
        return response.status_code, b"".join(chunks)


def _described(issuer: Issuer, status: int, raw: bytes) -> Endpoints:
    document = strict_json.loads(raw)
    if status != httpx.codes.OK or not isinstance(document, dict) or document.get("issuer") != issuer.issuer:
        raise ValueError("no discovery document of this issuer")

    def address(name: str) -> str:
        found = document.get(name)
        schemes = ("https://",) if issuer.issuer.startswith("https://") else ("https://", "http://")
        if not isinstance(found, str) or not found.startswith(schemes) or "#" in found:
            raise ValueError(f"no usable {name}")
        return found

    return Endpoints(
        authorization=address("authorization_endpoint"),
        token=address("token_endpoint"),
        end_session=address("end_session_endpoint") if "end_session_endpoint" in document else None,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )
