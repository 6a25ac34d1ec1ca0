"""Break the glass: take a role for one case or contact in an emergency."""

import secrets

from services.gateway.application.assignments.published import as_alarm, as_view
from services.gateway.application.people import as_granter
from services.gateway.application.ports import UnitOfWork
from services.gateway.domain.assignment import Assignment, check_emergency
from services.gateway.domain.periods import Emergencies
from shared.clock import now
from shared.contracts.gateway.assignments import AssignmentView, ChallengeAccess
from shared.ids import new_id


def challenge_access(request: ChallengeAccess, *, unit_of_work: UnitOfWork, emergencies: Emergencies) -> AssignmentView:
    """They have access for a short time, an alarm is told and somebody else must judge it; or nothing happened."""
    at = now()
    with unit_of_work() as work:
        work.require_current()
        decision = work.permissions.require("challenge_access")
        actor = work.permissions.actor
        challenge = Assignment(
            id=new_id(),
            holder=actor.id,
            department=actor.department,
            kind="challenged",
            role=request.role,
            about=request.about,
            period=emergencies.period(request.minutes, at),
            reason=request.reason,
            note=request.note,
            salt=secrets.token_bytes(32),
            granted_by=actor.id,
            granted_at=at,
            review_due=at + emergencies.review_within,
        )
        check_emergency(challenge, as_granter(actor), work.assignments.of(actor.id), at)
        work.assignments.add(challenge)
        work.tell(as_alarm(challenge), department=challenge.department)
        work.wake(actor.id)
        return work.reply(as_view(challenge, at, decision))
