"""Grant a mandate."""

from services.gateway.application.acting.ports import UnitOfWork
from services.gateway.application.acting.published import as_view, contact_of, granted, resource
from services.gateway.domain.authority import Authority
from shared.clock import now
from shared.contracts.actor import Kind
from shared.contracts.gateway.acting import AuthorityView, GrantMandate
from shared.ids import new_id


def grant_mandate(request: GrantMandate, *, unit_of_work: UnitOfWork) -> AuthorityView:
    """One contact may act for another, and the world is told; or nothing happened."""
    at = now()
    with unit_of_work() as work:
        work.require_current()
        by = work.permissions.actor
        own = by.contact_id == request.principal and by.on_behalf_of is None
        contact = contact_of("mandate", request.principal)
        opened = resource("mandate", by.department, principal=own, representative=False, contact=contact)
        work.permissions.require("grant_mandate", opened)
        authority = Authority.grant(
            new_id(),
            "mandate",
            principal=request.principal,
            representative=request.representative,
            department=by.department,
            begins_at=request.begins_at,
            ends_at=request.ends_at,
            reason=request.reason,
            by=by.id,
            at=at,
            recorded=by.kind is Kind.STAFF,
        )
        work.authorities.add(authority)
        work.tell(granted(authority))
        return work.reply(as_view(authority, at))
