"""What every change of a member of staff has in common: allowed, seen as it was, told, and known everywhere at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.gateway.application.people import as_resource
from services.gateway.application.ports import Belongings, UnitOfWork, Work
from services.gateway.application.staff.published import as_events, as_view
from services.gateway.domain.errors import StaffUnknown
from services.gateway.domain.staff import Staff
from shared.authz.model import Decision
from shared.clock import now
from shared.contracts.gateway.staff import StaffView


@dataclass(frozen=True)
class Change:
    """A member of staff, locked, whom the actor may change."""

    work: Work
    staff: Staff
    decision: Decision
    at: datetime

    def view(self) -> StaffView:
        """They as they are now."""
        belongings = self.work.staff.belongings([self.staff.id], self.at).get(self.staff.id, Belongings())
        return as_view(self.staff, belongings, self.decision)


@contextmanager
def changing(action: str, staff_id: UUID, unit_of_work: UnitOfWork) -> Iterator[Change]:
    """On a clean exit they are stored, the world is told and every replica forgets what it knew of them."""
    at = now()
    with unit_of_work() as work:
        work.require_current()
        staff = work.staff.lock(staff_id)
        decision = work.permissions.require(
            action, as_resource(staff, work.permissions.actor), see="get_staff", unknown=StaffUnknown
        )
        yield Change(work, staff, decision, at)
        work.wake(staff.id)


def keep(change: Change) -> None:
    """Store and tell what changed."""
    change.work.staff.save(change.staff)
    change.work.tell(*as_events(change.staff), department=change.staff.description.department)
