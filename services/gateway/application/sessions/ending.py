"""The end of sessions, whoever wants it: gone, told, and heard by every replica."""

from collections.abc import Iterable

from services.gateway.application.sessions.ports import Work
from services.gateway.application.sessions.published import as_ended
from services.gateway.domain.session import KeptSession


def end_all(work: Work, sessions: Iterable[KeptSession], reason: str) -> int:
    """How many of these ended now."""
    ended = work.sessions.end([session.id for session in sessions])
    for session in ended:
        work.tell(as_ended(session, reason), department=session.department)
    for holder in {session.holder for session in ended}:
        work.wake(holder)
    return len(ended)
