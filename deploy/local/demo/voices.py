"""The people of the story, each asking the gateway as themselves, by the typed client that anybody may use."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import httpx

from clients.python.tellus_client import Tellus
from deploy.local.errors import LocalError
from deploy.local.identity.tokens import token_for

CLIENT = "tellus-demo"
WAIT_SECONDS = 20.0


class StoryBroken(LocalError):
    """The suite answered something that the story has no chapter for."""


@dataclass(frozen=True)
class Answer:
    """What the gateway answered, and at what cost."""

    asked: str
    status: int
    code: str
    trace: str
    milliseconds: float

    @classmethod
    def of(cls, response: httpx.Response, seconds: float) -> "Answer":
        """What a teller tells of a response."""
        problem: Mapping[str, Any] = {}
        with suppress(ValueError):
            problem = response.json() if response.is_error else {}
        return cls(
            asked=f"{response.request.method} {response.request.url.path}",
            status=response.status_code,
            code=str(problem.get("code", "")),
            trace=response.headers.get("tellus-trace", ""),
            milliseconds=seconds * 1000,
        )


class Voice(Tellus):
    """One person at the gateway."""

    def __init__(self, name: str, http: httpx.Client, heard: Callable[[Answer], None]) -> None:
        self.name = name
        super().__init__(
            http,
            partial(token_for, name, client_id=CLIENT),
            patience=WAIT_SECONDS,
            heard=lambda response, seconds: heard(Answer.of(response, seconds)),
        )

    def key(self, path: str, what: str) -> str:
        """The same for the same deed, so that telling the story again does nothing twice."""
        return sha256(f"demo {self.name} {path} {what}".encode()).hexdigest()


class Company:
    """Everybody in the story."""

    def __init__(self, http: httpx.Client, heard: Callable[[Answer], None]) -> None:
        self._http, self._heard = http, heard
        self._voices: dict[str, Voice] = {}

    def __getitem__(self, name: str) -> Voice:
        return self._voices.setdefault(name, Voice(name, self._http, self._heard))
