"""List the emergency accesses that are to be judged, or were."""

from services.gateway.application.assignments.published import resource
from services.gateway.application.assignments.seeing import seen
from services.gateway.application.ports import UnitOfWork
from services.gateway.application.reaching import reach
from shared.clock import now
from shared.contracts.gateway.assignments import AssignmentView, ListChallenges
from shared.contracts.paging import Page


def list_challenges(request: ListChallenges, *, unit_of_work: UnitOfWork) -> Page[AssignmentView]:
    """Those that this caller may know of, the longest due first."""
    at = now()
    with unit_of_work.reading() as work:
        work.permissions.require("list_challenges")
        among = reach(work.permissions, "get_assignment", resource)
        found, following = work.assignments.challenges(
            reviewed=request.reviewed,
            overdue=request.overdue,
            reach=among,
            at=at,
            limit=request.limit,
            after=request.cursor,
        )
        return Page[AssignmentView](items=seen(work, found, at), next=following)
