"""How staff look from outside: views for callers, events for subscribers."""

from collections.abc import Iterator
from uuid import UUID

from services.gateway.application.ports import Belongings
from services.gateway.domain.staff import Staff
from services.gateway.domain.staff_facts import Amended, Deactivated, Provisioned, Reactivated, Removed
from shared.authz.masks import mask
from shared.authz.model import Decision
from shared.contracts.base import Event
from shared.contracts.gateway.events import (
    StaffAmended,
    StaffDeactivated,
    StaffProvisioned,
    StaffReactivated,
    StaffRemoved,
)
from shared.contracts.gateway.staff import StaffView

MASKED = ("user_name", "display_name", "email", "capacity", "external_id")


def as_view(staff: Staff, belongings: Belongings, decision: Decision) -> StaffView:
    """A member of staff, as this caller may see them."""
    said = staff.description
    view = StaffView(
        id=staff.id,
        user_name=said.user_name,
        display_name=said.display_name,
        email=said.email,
        department=said.department,
        active=staff.active,
        skills=said.skills,
        capacity=said.capacity,
        teams=belongings.teams,
        roles=belongings.roles,
        external_id=said.external_id,
        version=staff.version,
        provisioned_at=staff.provisioned_at,
        changed_at=staff.changed_at,
    )
    return mask(view, decision, MASKED)


def as_events(staff: Staff) -> Iterator[Event]:
    """What happened to a member of staff, without saying who it is."""
    for fact in staff.facts:
        yield _event(fact, staff.id, staff.version)


def _event(fact: object, subject: UUID, version: int) -> Event:
    match fact:
        case Provisioned(fields, active):
            return StaffProvisioned(subject=subject, subject_version=version, fields=fields, active=active)
        case Amended(fields):
            return StaffAmended(subject=subject, subject_version=version, fields=fields)
        case Deactivated(reason):
            return StaffDeactivated(subject=subject, subject_version=version, reason=reason)
        case Reactivated(reason):
            return StaffReactivated(subject=subject, subject_version=version, reason=reason)
        case Removed(reason):
            return StaffRemoved(subject=subject, subject_version=version, reason=reason)
    raise AssertionError(fact)
