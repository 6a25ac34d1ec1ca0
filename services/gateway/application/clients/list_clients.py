"""List the systems."""

from services.gateway.application.clients.ports import UnitOfWork
from services.gateway.application.clients.published import as_resource, as_view, resource
from services.gateway.application.reaching import reach
from shared.contracts.gateway.clients import ClientView, ListClients
from shared.contracts.paging import Page


def list_clients(request: ListClients, *, unit_of_work: UnitOfWork) -> Page[ClientView]:
    """Exactly those that `get_client` would answer with, newest first."""
    with unit_of_work.reading() as work:
        permissions = work.permissions
        permissions.require("list_clients")
        within = reach(
            permissions, "get_client", lambda department, own: resource(department, own=own, scopes=("cases_write",))
        )
        found, following = work.clients.page(request.active, within, request.limit, request.cursor)
        seen = (c for c in found if permissions.decide("get_client", as_resource(c, permissions.actor)).allowed)
        return Page[ClientView](items=tuple(as_view(client) for client in seen), next=following)
