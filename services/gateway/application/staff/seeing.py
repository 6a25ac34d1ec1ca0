"""Several members of staff, each as the caller may see them."""

from collections.abc import Sequence
from datetime import datetime

from services.gateway.application.people import as_resource
from services.gateway.application.ports import Belongings, Work
from services.gateway.application.staff.published import as_view
from services.gateway.domain.staff import Staff
from shared.contracts.gateway.staff import StaffView


def seen(work: Work, found: Sequence[Staff], at: datetime) -> tuple[StaffView, ...]:
    """Each that `get_staff` would show, masked as it would mask."""
    decided = [(s, work.permissions.decide("get_staff", as_resource(s, work.permissions.actor))) for s in found]
    belongings = work.staff.belongings([staff.id for staff, decision in decided if decision.allowed], at)
    return tuple(
        as_view(staff, belongings.get(staff.id, Belongings()), decision)
        for staff, decision in decided
        if decision.allowed
    )
