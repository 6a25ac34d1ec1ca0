"""Delegate duties to a colleague."""

from services.gateway.application.acting.ports import UnitOfWork, Work
from services.gateway.application.acting.published import as_view, granted, resource
from services.gateway.domain.authority import Authority, lendable
from services.gateway.domain.authority_errors import ColleagueUnknown, RoleNotYours
from services.gateway.domain.errors import StaffUnknown
from shared.clock import now
from shared.contracts.gateway.acting import AuthorityView, DelegateDuties
from shared.ids import new_id


def delegate_duties(request: DelegateDuties, *, unit_of_work: UnitOfWork) -> AuthorityView:
    """A colleague may act in some of one's roles for a while, and the world is told; or nothing happened."""
    at = now()
    with unit_of_work() as work:
        work.require_current()
        by = work.permissions.actor
        work.permissions.require(
            "delegate_duties", resource("delegation", by.department, principal=True, representative=False)
        )
        if by.on_behalf_of is not None:  # what was lent is not lent on
            raise RoleNotYours(roles=list(request.roles))
        roles = lendable(request.roles, by.roles)
        _require_colleague(work, request, by.department)
        authority = Authority.grant(
            new_id(),
            "delegation",
            principal=by.id,
            representative=request.representative,
            department=by.department,
            begins_at=request.begins_at,
            ends_at=request.ends_at,
            reason=request.reason,
            by=by.id,
            at=at,
            roles=roles,
        )
        work.authorities.add(authority)
        work.tell(granted(authority))
        return work.reply(as_view(authority, at))


def _require_colleague(work: Work, request: DelegateDuties, department: str) -> None:
    try:
        colleague = work.staff.get(request.representative)
    except StaffUnknown:
        colleague = None
    theirs = colleague.description.department if colleague is not None and colleague.active else ""
    if not (f"{theirs}.".startswith(f"{department}.") or f"{department}.".startswith(f"{theirs}.")) or not theirs:
        raise ColleagueUnknown(errors=[{"pointer": "/representative", "detail": "must be a colleague who works here"}])
