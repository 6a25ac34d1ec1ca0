"""Provision a member of staff."""

from services.gateway.application.people import resource
from services.gateway.application.ports import Belongings, Issuers, UnitOfWork
from services.gateway.application.staff.published import as_events, as_view
from services.gateway.domain.staff import Description, Staff
from shared.clock import now
from shared.contracts.gateway.events import ActorEnrolled
from shared.contracts.gateway.staff import ProvisionStaff, StaffView


def provision_staff(request: ProvisionStaff, *, unit_of_work: UnitOfWork, issuers: Issuers) -> StaffView:
    """Somebody is known, has an internal id and the world is told, or nothing happened."""
    issuer = issuers.of_staff(request.issuer)
    description = Description(
        user_name=request.user_name,
        display_name=request.display_name,
        department=request.department,
        email=request.email,
        skills=request.skills,
        capacity=request.capacity,
        external_id=request.external_id,
    )
    at = now()
    with unit_of_work() as work:
        work.require_current()
        decision = work.permissions.require("provision_staff", resource(request.department, itself=False))
        id, enrolled = work.enrolment.enrol(issuer, request.external_id or request.user_name, "staff")
        staff = work.staff.removed(id)
        if staff is None:
            staff = Staff.provision(id, description, active=request.active, at=at)
            work.staff.add(staff)
        else:
            staff.provision_again(description, active=request.active, at=at)
            work.staff.save(staff)
        if enrolled is not None:
            work.tell(ActorEnrolled(subject=id, subject_version=1, kind="staff", issuer_digest=enrolled))
        work.tell(*as_events(staff), department=request.department)
        work.wake(id)
        belongings = work.staff.belongings([id], at).get(id, Belongings())
        return work.reply(as_view(staff, belongings, decision))
