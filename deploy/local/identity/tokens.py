"""Development tokens by name, kept until they are nearly over: for the operator's command, the demo and the tests."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.local.identity.flows import Tokens, sign_in, sign_in_as_system
from deploy.local.identity.settings import Settings

RENEW_BEFORE = 30.0


@dataclass(slots=True)
class _Kept:
    """Tokens got so far, each with the moment to get a new one."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    tokens: dict[tuple[str, ...], tuple[float, str]] = field(default_factory=dict)

    def get(self, key: tuple[str, ...], fetch: Callable[[], Tokens]) -> str:
        with self.lock:
            renew_at, token = self.tokens.get(key, (0.0, ""))
            if time.monotonic() < renew_at:
                return token
            asked_at = time.monotonic()
            fresh = fetch()
            margin = min(RENEW_BEFORE, fresh.expires_in / 2)
            self.tokens[key] = (asked_at + fresh.expires_in - margin, fresh.access_token)
            return fresh.access_token


_kept = _Kept()


def token_for(person: str, *, client_id: str = "tellus-cli", settings: Settings | None = None, acr: str = "") -> str:
    """An access token of this person that lasts for at least another 30 seconds, or half its life if that is less.

    `acr` asks for a level of assurance: `aal2` has the code of their authenticator app computed and sent as well.
    """
    settings = settings or Settings.from_environment()
    key = (settings.issuer, client_id, person, acr)
    return _kept.get(key, lambda: sign_in(person, client_id=client_id, settings=settings, acr=acr))


def system_token(client_id: str, *, settings: Settings | None = None) -> str:
    """An access token of a system acting for itself, such as `payments-system`, as fresh as `token_for` gives."""
    settings = settings or Settings.from_environment()
    return _kept.get((settings.issuer, client_id, ""), lambda: sign_in_as_system(client_id, settings=settings))


def forget_tokens() -> None:
    """The next token of everyone is a fresh one."""
    with _kept.lock:
        _kept.tokens.clear()
