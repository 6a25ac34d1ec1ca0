"""List mandates and delegations."""

from services.gateway.application.acting.ports import AuthorityTerms, UnitOfWork
from services.gateway.application.acting.published import as_resource, as_view, resource, sides_of
from services.gateway.application.reaching import NOWHERE
from shared.clock import now
from shared.contracts.gateway.acting import AuthorityView, ListAuthorities
from shared.contracts.paging import Page


def list_authorities(request: ListAuthorities, *, unit_of_work: UnitOfWork) -> Page[AuthorityView]:
    """One's own, on either side; for oversight, everybody's."""
    at = now()
    with unit_of_work.reading() as work:
        permissions = work.permissions
        permissions.require("list_authorities")
        asks = permissions.actor
        strangers = resource("mandate", NOWHERE, principal=False, representative=False)
        mine = sides_of(asks)
        everybody = permissions.decide("get_authority", strangers).allowed
        terms = AuthorityTerms(request.principal, request.representative, among=None if everybody else mine)
        found, following = work.authorities.page(terms, request.limit, request.cursor)
        seen = (a for a in found if permissions.decide("get_authority", as_resource(a, asks)).allowed)
        return Page[AuthorityView](items=tuple(as_view(authority, at) for authority in seen), next=following)
