"""Get one member of staff."""

from services.gateway.application.people import as_resource
from services.gateway.application.ports import Belongings, UnitOfWork
from services.gateway.application.staff.published import as_view
from services.gateway.domain.errors import StaffUnknown
from shared.clock import now
from shared.contracts.gateway.staff import GetStaff, StaffView


def get_staff(request: GetStaff, *, unit_of_work: UnitOfWork) -> StaffView:
    """The member of staff, as this caller may see them."""
    with unit_of_work.reading() as work:
        staff = work.staff.get(request.staff_id)
        decision = work.permissions.require(
            "get_staff", as_resource(staff, work.permissions.actor), see="get_staff", unknown=StaffUnknown
        )
        belongings = work.staff.belongings([staff.id], now()).get(staff.id, Belongings())
        return as_view(staff, belongings, decision)
