"""Deactivate a member of staff."""

from services.gateway.application.ports import UnitOfWork
from services.gateway.application.staff.changing import changing, keep
from services.gateway.application.staff.leaving import sign_out, suspend_clients, take_roles_back
from shared.contracts.gateway.staff import DeactivateStaff, StaffView


def deactivate_staff(request: DeactivateStaff, *, unit_of_work: UnitOfWork) -> StaffView:
    """Their access and every role given to them have ended, everywhere within a second, or nothing happened."""
    with changing("deactivate_staff", request.staff_id, unit_of_work) as change:
        work = change.work
        change.staff.deactivate(request.reason, change.at)
        take_roles_back(work, change.staff.id, "deactivated", change.at)
        sign_out(work, change.staff.id, "deactivated", change.at)
        suspend_clients(work, change.staff.id, change.at)
        keep(change)
        return work.reply(change.view())
