"""Remove a member of staff."""

from services.gateway.application.ports import UnitOfWork
from services.gateway.application.staff.changing import changing, keep
from services.gateway.application.staff.leaving import leave_teams, sign_out, suspend_clients, take_roles_back
from shared.contracts.gateway.staff import RemoveStaff, StaffView


def remove_staff(request: RemoveStaff, *, unit_of_work: UnitOfWork) -> StaffView:
    """They are shown no longer, in no team, and may do nothing; what they are on record for stays. Or nothing happened."""
    with changing("remove_staff", request.staff_id, unit_of_work) as change:
        work = change.work
        take_roles_back(work, change.staff.id, "removed", change.at)
        sign_out(work, change.staff.id, "removed", change.at)
        suspend_clients(work, change.staff.id, change.at)
        leave_teams(work, change.staff.id, change.at)
        change.staff.remove(request.reason, change.at)
        keep(change)
        return work.reply(change.view())
