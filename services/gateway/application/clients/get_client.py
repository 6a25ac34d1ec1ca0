"""Get one system."""

from services.gateway.application.clients.ports import UnitOfWork
from services.gateway.application.clients.published import as_resource, as_view
from services.gateway.domain.client_errors import ClientUnknown
from shared.contracts.gateway.clients import ClientView, GetClient


def get_client(request: GetClient, *, unit_of_work: UnitOfWork) -> ClientView:
    """The system, if this caller may know of it."""
    with unit_of_work.reading() as work:
        client = work.clients.get(request.client_id)
        asks = work.permissions.actor
        work.permissions.require("get_client", as_resource(client, asks), see="get_client", unknown=ClientUnknown)
        return as_view(client)
