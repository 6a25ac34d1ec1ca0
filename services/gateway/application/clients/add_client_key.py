"""Add a key to a system."""

from services.gateway.application.clients.ports import PublicKeys, UnitOfWork
from services.gateway.application.clients.published import as_resource, as_view, changed
from services.gateway.domain.client_errors import ClientUnknown
from shared.clock import now
from shared.contracts.gateway.clients import AddClientKey, ClientView


def add_client_key(request: AddClientKey, *, unit_of_work: UnitOfWork, public_keys: PublicKeys) -> ClientView:
    """It may prove itself with this key too, or nothing happened."""
    key = public_keys.canonical(request.key)
    at = now()
    with unit_of_work() as work:
        work.require_current()
        client = work.clients.lock(request.client_id)
        asks = work.permissions.actor
        work.permissions.require("add_client_key", as_resource(client, asks), see="get_client", unknown=ClientUnknown)
        client.add_key(*key, request.expires_at, at)
        work.clients.save(client)
        work.tell(changed(client), department=client.department)
        work.wake(client.id)
        return work.reply(as_view(client))
