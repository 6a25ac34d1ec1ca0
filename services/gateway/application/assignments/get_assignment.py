"""Get one assignment."""

from services.gateway.application.assignments.published import as_resource, as_view
from services.gateway.application.ports import UnitOfWork
from services.gateway.domain.errors import AssignmentUnknown
from shared.clock import now
from shared.contracts.gateway.assignments import AssignmentView, GetAssignment


def get_assignment(request: GetAssignment, *, unit_of_work: UnitOfWork) -> AssignmentView:
    """The assignment, as this caller may see it."""
    with unit_of_work.reading() as work:
        assignment = work.assignments.get(request.assignment_id)
        subject = as_resource(assignment, work.permissions.actor)
        decision = work.permissions.require("get_assignment", subject, see="get_assignment", unknown=AssignmentUnknown)
        return as_view(assignment, now(), decision)
