"""List one's own browser sessions."""

from services.gateway.application.sessions.ports import UnitOfWork
from services.gateway.application.sessions.published import view
from shared.clock import now
from shared.contracts.gateway.sessions import ListMySessions, SessionView
from shared.contracts.paging import Page


def list_my_sessions(request: ListMySessions, *, unit_of_work: UnitOfWork) -> Page[SessionView]:
    """Every browser that the caller is signed in with."""
    with unit_of_work.reading() as work:
        work.permissions.require("list_my_sessions")
        asker = work.permissions.actor
        found, following = work.sessions.page(asker.id, now(), request.limit, request.cursor)
        return Page[SessionView](items=tuple(view(one, asker) for one in found), next=following)
