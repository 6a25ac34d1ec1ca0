"""End a mandate or a delegation."""

from services.gateway.application.acting.ports import UnitOfWork
from services.gateway.application.acting.published import as_resource, as_view, ended
from services.gateway.domain.authority_errors import AuthorityUnknown
from shared.clock import now
from shared.contracts.gateway.acting import AuthorityView, EndAuthority


def end_authority(request: EndAuthority, *, unit_of_work: UnitOfWork) -> AuthorityView:
    """The one may act for the other no longer, from the next request on; or nothing happened."""
    at = now()
    with unit_of_work() as work:
        work.require_current()
        authority = work.authorities.lock(request.authority_id)
        by = work.permissions.actor
        work.permissions.require(
            "end_authority", as_resource(authority, by), see="get_authority", unknown=AuthorityUnknown
        )
        authority.end(request.reason, by.id, at)
        work.authorities.save(authority)
        work.tell(ended(authority), department=authority.department)
        return work.reply(as_view(authority, at))
