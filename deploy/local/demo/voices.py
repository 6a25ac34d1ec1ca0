"""The people of the story, each asking the gateway as themselves."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import httpx

from deploy.local.errors import LocalError
from deploy.local.identity.tokens import token_for

CLIENT = "tellus-demo"
WAIT_SECONDS = 20.0
LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE})


class StoryBroken(LocalError):
    """The suite answered something that the story has no chapter for."""


@dataclass(frozen=True)
class Answer:
    """What the gateway answered, and at what cost."""

    asked: str
    status: int
    body: dict[str, Any]
    trace: str
    milliseconds: float

    @property
    def code(self) -> str:
        """The stable word of a refusal."""
        return str(self.body.get("code", ""))

    @property
    def details(self) -> Mapping[str, Any]:
        """What a refusal says for programs."""
        return self.body.get("details") or {}


class Voice:
    """One person at the gateway."""

    def __init__(self, name: str, http: httpx.Client, heard: Callable[[Answer], None]) -> None:
        self.name = name
        self._http, self._heard = http, heard

    def get(self, path: str, **params: str | int) -> Answer:
        """The answer to a question; raises StoryBroken on any refusal."""
        return self._granted(self._ask("GET", path, params=params))

    def find(self, path: str) -> dict[str, Any] | None:
        """What is there, None where nothing is."""
        answer = self._ask("GET", path)
        return None if answer.status == HTTPStatus.NOT_FOUND else self._granted(answer).body

    def post(self, path: str, body: Mapping[str, Any], *, key: str = "", version: int | None = None) -> Answer:
        """What was done, or was done already under this key; raises StoryBroken on any refusal."""
        return self._granted(self.attempt(path, body, key=key, version=version))

    def attempt(self, path: str, body: Mapping[str, Any], *, key: str = "", version: int | None = None) -> Answer:
        """The answer, granted or refused."""
        headers = {}
        if key:
            headers["Idempotency-Key"] = sha256(f"demo {self.name} {path} {key}".encode()).hexdigest()
        if version is not None:
            headers["If-Match"] = f'"v{version}"'
        return self._ask("POST", path, json=body, headers=headers)

    def everything(self, path: str, **params: str | int) -> list[dict[str, Any]]:
        """Every item of a list."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str | int] = {}
        while True:
            page = self.get(path, limit=100, **params, **cursor).body
            found += page["items"]
            if not page["next"]:
                return found
            cursor = {"cursor": page["next"]}

    def _ask(self, method: str, path: str, **request: Any) -> Answer:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            headers = {
                **request.pop("headers", {}),
                "Authorization": f"Bearer {token_for(self.name, client_id=CLIENT)}",
            }
            begun = time.perf_counter()
            try:
                response = self._http.request(method, path, headers=headers, **request)
            except httpx.HTTPError as error:
                if time.monotonic() > deadline:
                    raise StoryBroken(
                        f"The gateway does not answer ({type(error).__name__}): 'tellus status'."
                    ) from error
            else:
                spent = (time.perf_counter() - begun) * 1000
                if response.status_code not in LATER or time.monotonic() > deadline:
                    trace = response.headers.get("tellus-trace", "")
                    answer = Answer(f"{method} {path}", response.status_code, response.json(), trace, spent)
                    self._heard(answer)
                    return answer
            time.sleep(0.3)
            request["headers"] = headers

    def _granted(self, answer: Answer) -> Answer:
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise StoryBroken(
                f"{self.name} asked {answer.asked} and was refused: {answer.status} {answer.code}: "
                f"{answer.body.get('detail')} (trace {answer.trace})"
            )
        return answer


class Company:
    """Everybody in the story."""

    def __init__(self, http: httpx.Client, heard: Callable[[Answer], None]) -> None:
        self._http, self._heard = http, heard
        self._voices: dict[str, Voice] = {}

    def __getitem__(self, name: str) -> Voice:
        return self._voices.setdefault(name, Voice(name, self._http, self._heard))
