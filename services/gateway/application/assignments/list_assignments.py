"""List assignments."""

from services.gateway.application.assignments.published import resource
from services.gateway.application.assignments.seeing import seen
from services.gateway.application.ports import AssignmentTerms, UnitOfWork
from services.gateway.application.reaching import reach
from shared.clock import now
from shared.contracts.gateway.assignments import AssignmentView, ListAssignments
from shared.contracts.paging import Page


def list_assignments(request: ListAssignments, *, unit_of_work: UnitOfWork) -> Page[AssignmentView]:
    """The assignments that this caller may know of: exactly those that `get_assignment` would answer with."""
    terms = AssignmentTerms(request.staff_id, request.kind, request.role, request.about, request.in_force)
    at = now()
    with unit_of_work.reading() as work:
        work.permissions.require("list_assignments")
        among = reach(work.permissions, "get_assignment", resource)
        found, following = work.assignments.page(terms, among, at, request.limit, request.cursor)
        return Page[AssignmentView](items=seen(work, found, at), next=following)
