"""One request to a suite's gateway, repeated under its own key until it is answered or patience ends."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import httpx

LATER: Final = frozenset((429, 502, 503, 504))
CONFLICT: Final = 409
IN_FLIGHT: Final = "idempotency.in_flight"
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0


@dataclass
class Refused(Exception):
    """The gateway's final word: an RFC 9457 problem."""

    status: int
    problem: Mapping[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The stable word for it."""
        return str(self.problem.get("code", ""))

    @property
    def details(self) -> Mapping[str, Any]:
        """What programs may look at."""
        found = self.problem.get("details")
        return found if isinstance(found, Mapping) else {}

    def __str__(self) -> str:
        trace = f", trace {self.problem['trace']}" if "trace" in self.problem else ""
        return f"{self.problem.get('detail', 'refused')} ({self.status} {self.code}{trace})"


class Asking:
    """What every operation is asked with. `heard` gets every response, the refused ones too, and the seconds it took."""

    def __init__(
        self,
        http: httpx.Client,
        token: Callable[[], str],
        *,
        patience: float = 30.0,
        heard: Callable[[httpx.Response, float], None] = lambda *_: None,
    ) -> None:
        self._http, self._token = http, token
        self._patience, self._heard = patience, heard

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        seen: int | None = None,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> Any:
        headers: dict[str, str] = {}
        if seen is not None:
            headers["If-Match"] = f'"v{seen}"'
        if method == "POST":
            headers["Idempotency-Key"] = idempotency_key or uuid4().hex
        if purpose is not None:
            headers["Tellus-Purpose"] = purpose
        asked = {name: _spelled(value) for name, value in (query or {}).items() if value is not None}
        response = self._answered(method, path, params=asked, json=body, headers=headers)
        if not response.is_success:
            raise Refused(response.status_code, _problem(response))
        return response.json() if response.content else None

    def _answered(self, method: str, path: str, *, headers: dict[str, str], **request: Any) -> httpx.Response:
        until, wait = time.monotonic() + self._patience, FIRST_WAIT
        while True:
            headers["Authorization"] = f"Bearer {self._token()}"
            begun = time.perf_counter()
            try:
                response = self._http.request(method, path, headers=headers, **request)
            except httpx.TransportError:
                if time.monotonic() + wait > until:
                    raise
                pause = wait
            else:
                self._heard(response, time.perf_counter() - begun)
                if not _comes_later(response) or time.monotonic() + wait > until:
                    return response
                pause = max(wait, min(_asked_for(response), LONGEST_WAIT))
            time.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311 - not a secret
            wait = min(wait * 2, LONGEST_WAIT)


def pages(page: Callable[[str | None], Mapping[str, Any]]) -> Iterator[Any]:
    """Every item of a list, one page after the other."""
    cursor: str | None = None
    while True:
        found = page(cursor)
        yield from found["items"]
        cursor = found["next"]
        if cursor is None:
            return


def segment(value: object) -> str:
    """A value as one segment of a path."""
    return quote(str(value), safe="")


def _spelled(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _comes_later(response: httpx.Response) -> bool:
    return response.status_code in LATER or (
        response.status_code == CONFLICT and _problem(response).get("code") == IN_FLIGHT
    )


def _asked_for(response: httpx.Response) -> float:
    asked = response.headers.get("retry-after", "")
    return float(asked) if asked.isdigit() else 0.0


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
