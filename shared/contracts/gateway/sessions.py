"""What the directory answers about browser sessions."""

from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Code, Department, Request, View
from shared.contracts.paging import Cursor, Limit, Page


class SessionView(View):
    """A browser that somebody is signed in with."""

    id: UUID
    holder: UUID
    department: Department
    assurance: Code
    browser: Code
    """The family of browsers, no more."""
    began_at: AwareDatetime
    seen_at: AwareDatetime
    """To the minute."""
    ends_at: AwareDatetime
    """At the latest; earlier when it is not used."""
    current: bool
    """Whether this call came by it."""


class EndedView(View):
    """How many sessions are no more."""

    ended: int


class ListMySessions(Request[Page[SessionView]], service="gateway"):
    """The browsers that the caller is signed in with, newest first."""

    limit: Limit = 20
    cursor: Cursor | None = None


class EndMySession(Request[EndedView], service="gateway", writes=True):
    """Sign one of the caller's browsers out, on every replica at once."""

    session_id: UUID


class ListSessions(Request[Page[SessionView]], service="gateway"):
    """The browsers that somebody is signed in with, newest first."""

    actor_id: UUID
    limit: Limit = 20
    cursor: Cursor | None = None


class EndSessions(Request[EndedView], service="gateway", writes=True):
    """Sign all of somebody's browsers out, on every replica at once. They may sign in again: to keep them out, deactivate."""

    actor_id: UUID
