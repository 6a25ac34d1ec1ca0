"""Authorization codes: each works once, within a minute, for the client that asked."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.local.identity.sessions import SignedIn

CODE_LIFE = 60
MOST_CODES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """What was asked and granted, kept until the client brings the code back."""

    code: str = field(repr=False)
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    code_challenge_method: str
    signed_in: SignedIn

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.signed_in.auth_time

    def get_acr(self) -> str:
        return self.signed_in.acr

    def get_amr(self) -> list[str]:
        return list(self.signed_in.amr)


class Codes:
    """Codes given out and not yet brought back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[float, AuthorizationCode]] = {}
        self._exchanged: dict[str, tuple[float, str]] = {}

    def keep(self, code: AuthorizationCode) -> None:
        """The code can be brought back for a minute from now."""
        with self._lock:
            self._forget_old()
            self._waiting[code.code] = (self._clock() + CODE_LIFE, code)

    def take(self, code: str, *, client_id: str) -> AuthorizationCode | None:
        """What the code stands for, if it is still good. Bringing it at all uses it up, right or wrong.

        Looking and forgetting are one step: of two requests with the same code only one can win.
        """
        with self._lock:
            until, found = self._waiting.pop(code, (0.0, None))
        if found is None or self._clock() > until or found.client_id != client_id:
            return None
        return found

    def exchanged(self, code: str, refresh_token: str) -> None:
        """Remember for a while what the code was exchanged for, should anybody bring it again."""
        now = self._clock()
        with self._lock:
            self._exchanged = {key: kept for key, kept in self._exchanged.items() if kept[0] > now}
            self._exchanged[code] = (now + CODE_LIFE, refresh_token)

    def exchanged_for(self, code: str) -> str | None:
        """The refresh token that this code was exchanged for a while ago."""
        with self._lock:
            until, refresh_token = self._exchanged.get(code, (0.0, ""))
        return refresh_token if self._clock() < until else None

    def _forget_old(self) -> None:
        now = self._clock()
        # Codes are kept in the order of their making, so the old ones stand in front.
        while self._waiting:
            oldest = next(iter(self._waiting))
            if self._waiting[oldest][0] >= now and len(self._waiting) < MOST_CODES:
                return
            del self._waiting[oldest]
