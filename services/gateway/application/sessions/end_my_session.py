"""End one of one's own browser sessions."""

from services.gateway.application.sessions.ending import end_all
from services.gateway.application.sessions.ports import UnitOfWork
from services.gateway.domain.session import SessionUnknown
from shared.clock import now
from shared.contracts.gateway.sessions import EndedView, EndMySession


def end_my_session(request: EndMySession, *, unit_of_work: UnitOfWork) -> EndedView:
    """That browser is signed out, or nothing happened; raises SessionUnknown for anything that is not the caller's."""
    with unit_of_work() as work:
        work.permissions.require("end_my_session")
        mine = work.sessions.of(work.permissions.actor.id, now())
        found = [session for session in mine if session.id == request.session_id]
        if not found:
            raise SessionUnknown
        return work.reply(EndedView(ended=end_all(work, found, "ended_by_holder")))
