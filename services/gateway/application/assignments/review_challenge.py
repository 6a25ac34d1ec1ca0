"""Judge somebody else's emergency access."""

from services.gateway.application.assignments.published import as_ended, as_resource, as_reviewed, as_view
from services.gateway.application.people import as_granter
from services.gateway.application.ports import UnitOfWork
from services.gateway.domain.errors import AssignmentUnknown
from shared.clock import now
from shared.contracts.gateway.assignments import AssignmentView, ReviewChallenge


def review_challenge(request: ReviewChallenge, *, unit_of_work: UnitOfWork) -> AssignmentView:
    """It is judged, and over where it was unjustified; or nothing happened."""
    at = now()
    with unit_of_work() as work:
        work.require_current()
        actor = work.permissions.actor
        challenge = work.assignments.lock(request.assignment_id)
        decision = work.permissions.require(
            "review_challenge", as_resource(challenge, actor), see="get_assignment", unknown=AssignmentUnknown
        )
        was_over = challenge.ended_at is not None
        challenge.review(as_granter(actor), request.outcome, request.note, at)
        work.assignments.save(challenge)
        if challenge.ended_at is not None and not was_over:
            work.tell(as_ended(challenge), department=challenge.department)
        work.tell(as_reviewed(challenge), department=challenge.department)
        work.wake(challenge.holder)
        return work.reply(as_view(challenge, at, decision))
