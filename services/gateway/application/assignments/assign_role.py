"""Give somebody a role for a time, or keep them out of something."""

import secrets

from services.gateway.application.assignments.published import as_assigned, as_view, resource
from services.gateway.application.people import as_granter
from services.gateway.application.people import as_resource as staff_resource
from services.gateway.application.ports import UnitOfWork
from services.gateway.domain.assignment import Assignment, check_gift
from services.gateway.domain.errors import Contradictory, StaffInactive, StaffUnknown
from services.gateway.domain.periods import period
from shared.clock import now
from shared.contracts.gateway.assignments import AssignmentView, AssignRole
from shared.ids import new_id


def assign_role(request: AssignRole, *, unit_of_work: UnitOfWork) -> AssignmentView:
    """They have it and the world is told, or nothing happened."""
    _check_shape(request)
    at = now()
    with unit_of_work() as work:
        work.require_current()
        actor = work.permissions.actor
        holder = work.staff.lock(request.staff_id)
        if not work.permissions.decide("get_staff", staff_resource(holder, actor)).allowed:
            raise StaffUnknown
        department = holder.description.department
        of_theirs = resource(department, actor.stands_for(holder.id), kind=request.kind)
        decision = work.permissions.require("assign_role", of_theirs)
        if not holder.active:
            raise StaffInactive
        assignment = Assignment(
            id=new_id(),
            holder=holder.id,
            department=department,
            kind=request.kind,
            role=request.role,
            about=request.about,
            period=period(request.begins_at, request.ends_at, at),
            reason=request.reason,
            note=request.note,
            salt=secrets.token_bytes(32),
            granted_by=actor.id,
            granted_at=at,
        )
        granter = as_granter(actor)
        check_gift(assignment, granter, work.assignments.of(holder.id), at)
        work.assignments.add(assignment)
        work.tell(as_assigned(assignment), department=department)
        work.wake(holder.id)
        return work.reply(as_view(assignment, at, decision))


def _check_shape(request: AssignRole) -> None:
    wrong = []
    if (request.role is None) != (request.kind == "excluded"):
        wrong.append({"pointer": "/role", "detail": "is named by everything but an exclusion"})
    if (request.about is None) != (request.kind == "standard"):
        wrong.append({"pointer": "/about", "detail": "is named by everything but a standard role, which is for all"})
    if wrong:
        raise Contradictory(errors=wrong)
