"""Talks to a suite's gateway for as long as it takes: a request is repeated under its own key until it is answered."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

import httpx

from deploy.local.identity.flows import NoToken

RETRIED = frozenset({429, 500, 502, 503, 504})
RETRIED_CODES = frozenset({"idempotency.in_flight", "busy"})
FIRST_WAIT, LONGEST_WAIT = 0.05, 5.0


@dataclass
class Refused(Exception):
    """The gateway's final word on one request."""

    status: int
    problem: Mapping[str, Any]

    @property
    def code(self) -> str:
        """The stable word for it."""
        return str(self.problem.get("code", ""))

    @property
    def details(self) -> Mapping[str, Any]:
        """What programs may look at."""
        found = self.problem.get("details", {})
        return found if isinstance(found, Mapping) else {}

    def __str__(self) -> str:
        errors = "; ".join(f"{e.get('pointer', '')} {e.get('detail', '')}" for e in self.problem.get("errors", ()))
        said = self.problem.get("detail") or HTTPStatus(self.status).phrase
        return f"{said}{f' {errors}' if errors else ''} ({self.status} {self.code})"


class GaveUp(Exception):
    """No answer came for as long as we were willing to wait."""


@dataclass
class Measured:
    """What the requests came to."""

    seconds: list[float] = field(default_factory=list)
    retries: Counter[str] = field(default_factory=Counter)

    def percentile(self, share: float) -> float | None:
        """The time in milliseconds within which this share of the answered requests was answered."""
        if not self.seconds:
            return None
        ordered = sorted(self.seconds)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)


class Gateway:
    """One caller at one gateway."""

    def __init__(
        self,
        address: str,
        token: Callable[[], str],
        *,
        patience: float = 600.0,
        connections: int = 8,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._token, self._patience = token, patience
        self._signed_in = False
        self.measured = Measured()
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        timeout = httpx.Timeout(30.0, connect=5.0)
        self._http = httpx.AsyncClient(base_url=address, limits=limits, timeout=timeout, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, **params: str | int) -> Any:
        """The answer to a GET."""
        return await self._ask("GET", path, params=params)

    async def post(self, path: str, body: Mapping[str, Any], *, key: str, version: int | None = None) -> Any:
        """The answer to a POST that is done once, however often it is sent; raises Refused, GaveUp or NoToken."""
        headers = {"Idempotency-Key": key}
        if version is not None:
            headers["If-Match"] = f'"v{version}"'
        return await self._ask("POST", path, json=body, headers=headers)

    async def _ask(self, method: str, path: str, **request: Any) -> Any:
        until = time.monotonic() + self._patience
        wait = FIRST_WAIT
        unknown = 0
        while True:
            asked_for = None
            try:
                # a token is kept for minutes, so asking for it is all but free
                token = await asyncio.to_thread(self._token)
                self._signed_in = True
                response = await self._once(method, path, token, **request)
            except NoToken as error:
                if not self._signed_in:
                    raise  # a wrong name, or nothing runs: waiting helps neither
                why, no_token = "no token", error
            except (httpx.HTTPError, OSError) as error:
                why, no_token = type(error).__name__, None
            else:
                no_token = None
                if response.is_success:
                    return response.json()
                refused = Refused(response.status_code, _problem(response))
                unknown += refused.status == HTTPStatus.UNAUTHORIZED
                if not _again(refused, unknown):
                    raise refused
                why, asked_for = f"{refused.status} {refused.code}", response.headers.get("retry-after")
            self.measured.retries[why] += 1
            if time.monotonic() + wait > until:
                if no_token is not None:
                    raise no_token  # it says what to do, and nothing can be asked without one
                raise GaveUp(f"{method} {path} was not answered within {self._patience:.0f} s: {why}")
            await asyncio.sleep(_pause(wait, asked_for))
            wait = min(wait * 2, LONGEST_WAIT)

    async def _once(self, method: str, path: str, token: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", **request.pop("headers", {})}
        begun = time.perf_counter()
        response = await self._http.request(method, path, headers=headers, **request)
        if response.is_success:
            self.measured.seconds.append(time.perf_counter() - begun)
        return response


def _again(refused: Refused, unknown: int) -> bool:
    if refused.status == HTTPStatus.UNAUTHORIZED:
        return unknown <= 1  # the token may have ended on its way
    return refused.status in RETRIED or refused.code in RETRIED_CODES


def _pause(wait: float, asked_for: str | None) -> float:
    # jitter keeps the clients of one outage from coming back all at once
    jittered = wait * random.uniform(0.5, 1.5)  # noqa: S311 - not a secret
    return max(jittered, min(float(asked_for), LONGEST_WAIT)) if asked_for and asked_for.isdigit() else jittered


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
