"""Refresh tokens that change at every use: whoever brings an old one ends the whole family, thief and owner alike."""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from deploy.local.identity.sessions import SESSION_LIFE, SignedIn

OFFLINE = "offline_access"
OFFLINE_LIFE = 30 * 24 * 60 * 60
MOST_FAMILIES = 10_000
_PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """All refresh tokens that descend from one sign-in; only the youngest is good."""

    id: str
    client_id: str
    scope: str
    signed_in: SignedIn
    until: float
    generation: int = 0

    @property
    def offline(self) -> bool:
        """Whether it outlives the session."""
        return OFFLINE in self.scope.split()

    def check_client(self, client: object) -> bool:
        return getattr(client, "id", None) == self.client_id

    def get_scope(self) -> str:
        return self.scope


class RefreshTokens:
    """Families of refresh tokens, in memory, limited in number and in time."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._families: dict[str, Family] = {}

    def begin(self, *, client_id: str, scope: str, signed_in: SignedIn) -> str:
        """The first token of a new family."""
        life = OFFLINE_LIFE if OFFLINE in scope.split() else SESSION_LIFE
        family = Family(
            id=secrets.token_urlsafe(24),
            client_id=client_id,
            scope=scope,
            signed_in=signed_in,
            until=self._clock() + life,
        )
        with self._lock:
            now = self._clock()
            self._families = {key: one for key, one in self._families.items() if one.until > now}
            while len(self._families) >= MOST_FAMILIES:
                del self._families[next(iter(self._families))]
            self._families[family.id] = family
        return self._token(family)

    def look(self, token: str) -> Family | None:
        """The family that a token speaks for. An old token of a living family ends it."""
        family_id, generation = self._read(token)
        with self._lock:
            family = self._families.get(family_id)
            if family is None or family.until <= self._clock():
                return None
            if family.generation != generation:
                del self._families[family_id]
                return None
        return family

    def spend(self, family: Family) -> str | None:
        """The next token. Of two who spend the same one neither goes on: the second ends the family."""
        with self._lock:
            current = self._families.get(family.id)
            if current is None:
                return None
            if current.generation != family.generation:
                del self._families[family.id]
                return None
            following = self._families[family.id] = replace(current, generation=current.generation + 1)
        return self._token(following)

    def end(self, family: Family) -> None:
        """No token of this family is good any more."""
        with self._lock:
            self._families.pop(family.id, None)

    def end_by(self, token: str) -> None:
        """No token of the family that this one belongs to, old or new, is good any more."""
        family = self.look(token)
        if family is not None:
            self.end(family)

    def end_session(self, sid: str) -> None:
        """The families of this session end with it, save those that were given to outlive it."""
        with self._lock:
            self._families = {
                key: family for key, family in self._families.items() if family.signed_in.sid != sid or family.offline
            }

    def _token(self, family: Family) -> str:
        return f"{family.id}.{family.generation}.{self._mark(family.id, family.generation)}"

    def _read(self, token: str) -> tuple[str, int]:
        """Which family and generation; of a token that is not ours, none."""
        parts = token.split(".")
        if len(parts) != _PARTS or not (
            parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= len("999999999")
        ):
            return "", -1
        family_id, generation = parts[0], int(parts[1])
        if not hmac.compare_digest(
            parts[2].encode("utf-8", "replace"), self._mark(family_id, generation).encode("ascii")
        ):
            return "", -1
        return family_id, generation

    def _mark(self, family_id: str, generation: int) -> str:
        text = f"{family_id}\n{generation}".encode("utf-8", "replace")
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()
