"""How sessions look from outside: views for callers, resources for policies, events for subscribers."""

from uuid import UUID

from services.gateway.domain.session import KeptSession
from shared.authz.model import Resource
from shared.contracts.actor import Actor
from shared.contracts.gateway.events import SessionEnded
from shared.contracts.gateway.sessions import SessionView


def view(session: KeptSession, asker: Actor) -> SessionView:
    """The session as listed."""
    return SessionView(
        id=session.id,
        holder=session.holder,
        department=session.department,
        assurance=session.assurance,
        browser=session.browser,
        began_at=session.began_at,
        seen_at=session.seen_at,
        ends_at=session.ends_at,
        current=session.id == asker.session,
    )


def resource(session: KeptSession, asker: UUID) -> Resource:
    """The session as policies see it."""
    return Resource("Session", str(session.id), session.department, {"itself": session.holder == asker})


def as_ended(session: KeptSession, reason: str) -> SessionEnded:
    """What is told of its end."""
    return SessionEnded(
        subject=session.id,
        subject_version=session.version + 1,
        holder=session.holder,
        assurance=session.assurance,
        reason=reason,
    )
