"""Amend a member of staff."""

from typing import Any

from services.gateway.application.people import resource
from services.gateway.application.ports import UnitOfWork
from services.gateway.application.staff.changing import changing, keep
from services.gateway.domain.errors import Contradictory
from shared.contracts.gateway.staff import AmendStaff, StaffView

FIELDS = ("user_name", "display_name", "email", "department", "skills", "capacity", "external_id")


def amend_staff(request: AmendStaff, *, unit_of_work: UnitOfWork) -> StaffView:
    """They are as asked and nobody's change was overwritten, or nothing happened."""
    changes: dict[str, Any] = {name: value for name in FIELDS if (value := getattr(request, name)) is not None}
    if both := [name for name in request.remove if name in changes]:
        raise Contradictory(errors=[{"pointer": f"/{name}", "detail": "is removed as well"} for name in both])
    changes |= dict.fromkeys(request.remove)
    with changing("amend_staff", request.staff_id, unit_of_work) as change:
        work = change.work
        if request.department is not None:  # nobody is moved to where one could not have put them
            work.permissions.require("amend_staff", resource(request.department, itself=False))
        change.staff.amend(request.version, change.at, **changes)
        keep(change)
        return work.reply(change.view())
