"""Who has signed in with which browser: in memory, limited in number and in time."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from deploy.local.identity.people import Person

PASSWORD_LEVEL = "aal1"  # noqa: S105 - the name of a level of assurance
PASSWORD_METHODS = ("pwd",)
SESSION_LIFE = 8 * 60 * 60
MOST_SESSIONS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person, how they proved who they are, and when."""

    person: Person
    auth_time: int
    acr: str = PASSWORD_LEVEL
    amr: tuple[str, ...] = PASSWORD_METHODS

    def get_user_id(self) -> str:
        return self.person.name


class Sessions:
    """Opened by a right password, found by an unguessable id, ended by signing out or by age."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, SignedIn] = {}

    def open(self, person: Person) -> tuple[str, SignedIn]:
        """A new session under a new id; the oldest gives way when there are too many."""
        signed_in = SignedIn(person=person, auth_time=int(self._clock()))
        session = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._open) >= MOST_SESSIONS:
                del self._open[next(iter(self._open))]
            self._open[session] = signed_in
        return session, signed_in

    def find(self, session: str | None, *, not_older_than: int | None = None) -> SignedIn | None:
        """Who is signed in, unless that was too long ago for the asker or for us."""
        limit = SESSION_LIFE if not_older_than is None else min(SESSION_LIFE, not_older_than)
        with self._lock:
            signed_in = self._open.get(session or "")
        if signed_in is None or self._clock() - signed_in.auth_time > limit:
            return None
        return signed_in

    def end(self, session: str | None) -> None:
        """Nobody is signed in under this id any more."""
        with self._lock:
            self._open.pop(session or "", None)
