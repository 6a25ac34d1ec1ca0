"""Who has signed in with which browser: in memory, limited in number and in time."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from deploy.local.identity.levels import CODE_LEVEL, METHODS, PASSWORD_LEVEL
from deploy.local.identity.people import Person

SESSION_LIFE = 8 * 60 * 60
MOST_SESSIONS = 1000
MOST_WRONG_CODES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person, how they proved who they are, when, and the session's name among the clients."""

    person: Person
    auth_time: int
    acr: str = PASSWORD_LEVEL
    sid: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @property
    def amr(self) -> tuple[str, ...]:
        """The methods by which they proved it."""
        return METHODS[self.acr]

    def get_user_id(self) -> str:
        return self.person.name


@dataclass(slots=True)
class _Session:
    signed_in: SignedIn
    clients: set[str] = field(default_factory=set)
    wrong_codes: int = 0


Ended = Callable[[SignedIn, frozenset[str]], None]
"""Hears of a session that ended, with the clients that took part in it."""


class Sessions:
    """Opened by a right password, found by an unguessable id, ended by signing out or by age.

    The id in the browser changes at every proof; the name that clients know (`sid`) lasts as long as the person stays.
    """

    def __init__(
        self, clock: Callable[[], float] = time.time, *, ended: Ended = lambda _signed_in, _clients: None
    ) -> None:
        self._clock, self._ended = clock, ended
        self._lock = threading.Lock()
        self._open: dict[str, _Session] = {}

    def open(self, person: Person, *, instead_of: str | None = None) -> tuple[str, SignedIn]:
        """A session under a new id. The one it follows goes on if it was the same person's, and ends if not."""
        signed_in = SignedIn(person=person, auth_time=int(self._clock()))
        over: list[_Session] = []
        with self._lock:
            before = self._open.pop(instead_of or "", None)
            clients: set[str] = set()
            if before is not None and before.signed_in.person.name == person.name:
                signed_in, clients = replace(signed_in, sid=before.signed_in.sid), before.clients
            elif before is not None:
                over.append(before)
            while len(self._open) >= MOST_SESSIONS:
                over.append(self._open.pop(next(iter(self._open))))
            session = self._keep(_Session(signed_in, clients))
        self._tell(over)
        return session, signed_in

    def find(self, session: str | None, *, not_older_than: int | None = None) -> SignedIn | None:
        """Who is signed in, unless that was too long ago for the asker or for us."""
        limit = SESSION_LIFE if not_older_than is None else min(SESSION_LIFE, not_older_than)
        with self._lock:
            found = self._open.get(session or "")
        if found is None or self._clock() - found.signed_in.auth_time > limit:
            return None
        return found.signed_in

    def prove_more(self, session: str) -> tuple[str, SignedIn] | None:
        """The same session at the level of a one-time code, under a new id; None where it ended meanwhile."""
        with self._lock:
            before = self._open.pop(session, None)
            if before is None:
                return None
            proven = replace(before.signed_in, acr=CODE_LEVEL, auth_time=int(self._clock()))
            return self._keep(_Session(proven, before.clients)), proven

    def fail_code(self, session: str) -> None:
        """A wrong code was given; a few of them end the session."""
        with self._lock:
            found = self._open.get(session)
            if found is None:
                return
            found.wrong_codes += 1
            too_many = found.wrong_codes >= MOST_WRONG_CODES
        if too_many:
            self.end(session)

    def join(self, sid: str, client_id: str) -> None:
        """This client has tokens of the session, and hears when it ends."""
        with self._lock:
            for session in self._open.values():
                if session.signed_in.sid == sid:
                    session.clients.add(client_id)

    def goes_on(self, sid: str) -> bool:
        """Whether the session of this name is open."""
        with self._lock:
            session = next((key for key, one in self._open.items() if one.signed_in.sid == sid), None)
        return self.find(session) is not None

    def end(self, session: str | None) -> None:
        """Nobody is signed in under this id any more."""
        with self._lock:
            ended = self._open.pop(session or "", None)
        self._tell([ended] if ended else [])

    def end_named(self, sid: str) -> None:
        """The session that clients know under this name is over."""
        with self._lock:
            session = next((key for key, one in self._open.items() if one.signed_in.sid == sid), None)
        self.end(session)

    def _keep(self, session: _Session) -> str:
        key = secrets.token_urlsafe(32)
        self._open[key] = session
        return key

    def _tell(self, sessions: list[_Session]) -> None:
        for session in sessions:
            self._ended(session.signed_in, frozenset(session.clients))
