"""Keep oneself out of something."""

import secrets

from services.gateway.application.assignments.published import as_declared, as_view
from services.gateway.application.ports import UnitOfWork
from services.gateway.domain.assignment import Assignment, check_room
from services.gateway.domain.periods import Period
from shared.clock import now
from shared.contracts.gateway.assignments import AssignmentView, DeclareConflict
from shared.ids import new_id


def declare_conflict(request: DeclareConflict, *, unit_of_work: UnitOfWork) -> AssignmentView:
    """They are kept out, whatever they are granted, until somebody else lifts it; or nothing happened."""
    at = now()
    with unit_of_work() as work:
        decision = work.permissions.require("declare_conflict")
        actor = work.permissions.actor
        exclusion = Assignment(
            id=new_id(),
            holder=actor.id,
            department=actor.department,
            kind="excluded",
            role=None,
            about=request.about,
            period=Period(at),
            reason=request.reason,
            note=request.note,
            salt=secrets.token_bytes(32),
            granted_by=actor.id,
            granted_at=at,
        )
        check_room(exclusion, work.assignments.of(actor.id), at)
        work.assignments.add(exclusion)
        work.tell(as_declared(exclusion), department=exclusion.department)
        work.wake(actor.id)
        return work.reply(as_view(exclusion, at, decision))
