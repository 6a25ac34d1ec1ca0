"""Reactivate a member of staff."""

from services.gateway.application.ports import UnitOfWork
from services.gateway.application.staff.changing import changing, keep
from shared.contracts.gateway.staff import ReactivateStaff, StaffView


def reactivate_staff(request: ReactivateStaff, *, unit_of_work: UnitOfWork) -> StaffView:
    """They may come in again, with no role but those they are given anew, or nothing happened."""
    with changing("reactivate_staff", request.staff_id, unit_of_work) as change:
        work = change.work
        change.staff.reactivate(request.reason, change.at)
        keep(change)
        return work.reply(change.view())
