"""End an assignment."""

from services.gateway.application.assignments.published import as_ended, as_resource, as_view
from services.gateway.application.people import as_granter
from services.gateway.application.ports import UnitOfWork
from services.gateway.domain.administrators import ADMINISTRATOR, check_somebody_stays
from services.gateway.domain.errors import AssignmentUnknown
from shared.clock import now
from shared.contracts.gateway.assignments import AssignmentView, EndAssignment


def end_assignment(request: EndAssignment, *, unit_of_work: UnitOfWork) -> AssignmentView:
    """It counts no longer, everywhere within a second, or nothing happened."""
    at = now()
    with unit_of_work() as work:
        work.require_current()
        actor = work.permissions.actor
        administrators = work.assignments.administrators(at)
        assignment = work.assignments.lock(request.assignment_id)
        decision = work.permissions.require(
            "end_assignment", as_resource(assignment, actor), see="get_assignment", unknown=AssignmentUnknown
        )
        if assignment.role == ADMINISTRATOR and assignment.kind == "standard" and assignment.in_force(at):
            check_somebody_stays(administrators, assignment.holder)
        assignment.end(as_granter(actor), request.reason, at)
        work.assignments.save(assignment)
        work.tell(as_ended(assignment), department=assignment.department)
        work.wake(assignment.holder)
        return work.reply(as_view(assignment, at, decision))
