"""A browser session as the directory knows it: whose it is, and that it can end; how it is kept is the face's own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.errors import NotFound


class SessionUnknown(NotFound):
    """There is no such session, or it is not yours."""

    code = "session.unknown"


@dataclass(frozen=True)
class KeptSession:
    """One browser that somebody is signed in with."""

    id: UUID
    holder: UUID
    department: str
    assurance: str
    browser: str
    version: int
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
