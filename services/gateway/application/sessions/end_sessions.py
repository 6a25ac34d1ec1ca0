"""End all of somebody's browser sessions."""

from services.gateway.application.sessions.ending import end_all
from services.gateway.application.sessions.ports import UnitOfWork
from services.gateway.application.sessions.published import resource
from shared.clock import now
from shared.contracts.gateway.sessions import EndedView, EndSessions


def end_sessions(request: EndSessions, *, unit_of_work: UnitOfWork) -> EndedView:
    """The sessions of this person that the caller may end are no more; of a person whom they may not know, none."""
    with unit_of_work() as work:
        work.permissions.require("end_sessions")
        work.require_current()
        asker = work.permissions.actor.id
        found = work.sessions.of(request.actor_id, now())
        theirs = [one for one in found if work.permissions.decide("end_sessions", resource(one, asker)).allowed]
        return work.reply(EndedView(ended=end_all(work, theirs, "ended_by_officer")))
