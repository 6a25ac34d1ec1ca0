"""List somebody's browser sessions."""

from services.gateway.application.sessions.ports import UnitOfWork
from services.gateway.application.sessions.published import resource, view
from shared.clock import now
from shared.contracts.gateway.sessions import ListSessions, SessionView
from shared.contracts.paging import Page


def list_sessions(request: ListSessions, *, unit_of_work: UnitOfWork) -> Page[SessionView]:
    """The sessions of this person that the caller may know of; none for a person whom they may not."""
    with unit_of_work.reading() as work:
        work.permissions.require("list_sessions")
        asker = work.permissions.actor
        found, following = work.sessions.page(request.actor_id, now(), request.limit, request.cursor)
        seen = [one for one in found if work.permissions.decide("list_sessions", resource(one, asker.id)).allowed]
        return Page[SessionView](items=tuple(view(one, asker) for one in seen), next=following)
