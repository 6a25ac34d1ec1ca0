"""List the staff."""

from services.gateway.application.people import resource
from services.gateway.application.ports import StaffTerms, UnitOfWork
from services.gateway.application.reaching import reach
from services.gateway.application.staff.seeing import seen
from shared.clock import now
from shared.contracts.gateway.staff import ListStaff, StaffView
from shared.contracts.paging import Page


def list_staff(request: ListStaff, *, unit_of_work: UnitOfWork) -> Page[StaffView]:
    """The members of staff asked for that this caller may know of: exactly those that `get_staff` would answer with."""
    terms = StaffTerms(request.department, request.active, request.team_id, request.skill, request.role)
    at = now()
    with unit_of_work.reading() as work:
        work.permissions.require("list_staff")
        among = reach(work.permissions, "get_staff", resource)
        found, following = work.staff.page(terms, among, at, request.limit, request.cursor)
        return Page[StaffView](items=seen(work, found, at), next=following)
