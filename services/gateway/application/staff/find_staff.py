"""Find staff by conditions, as provisioning systems do."""

from services.gateway.application.people import resource
from services.gateway.application.ports import UnitOfWork
from services.gateway.application.reaching import reach
from services.gateway.application.staff.published import MASKED
from services.gateway.application.staff.seeing import seen
from services.gateway.domain.errors import TermHidden
from shared.authz.model import Permissions
from shared.clock import now
from shared.contracts.gateway.staff import FindStaff, StaffView
from shared.contracts.paging import Counted


def find_staff(request: FindStaff, *, unit_of_work: UnitOfWork) -> Counted[StaffView]:
    """The members of staff for whom one of the alternatives holds, of those that this caller may know of."""
    asked = {condition.field for alternative in request.where for condition in alternative.conditions}
    with unit_of_work.reading() as work:
        work.permissions.require("find_staff")
        if hidden := sorted(name for name in asked if name in MASKED and not _shown(work.permissions, name)):
            raise TermHidden(terms=hidden)  # a match would tell what a mask hides
        among = reach(work.permissions, "get_staff", resource)
        found, total = work.staff.find(request.where, among, request.start, request.limit)
        return Counted[StaffView](items=seen(work, found, now()), total=total)


def _shown(permissions: Permissions, field: str) -> bool:
    decided = permissions.decide("get_staff", resource(permissions.actor.department, itself=False))
    return decided.allowed and decided.shows(field)
