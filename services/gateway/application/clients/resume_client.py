"""Resume a system."""

from services.gateway.application.clients.ports import UnitOfWork
from services.gateway.application.clients.published import as_resource, as_view, changed
from services.gateway.domain.client_errors import ClientUnknown
from shared.clock import now
from shared.contracts.gateway.clients import ClientView, ResumeClient


def resume_client(request: ResumeClient, *, unit_of_work: UnitOfWork) -> ClientView:
    """It may go on, or nothing happened."""
    at = now()
    with unit_of_work() as work:
        work.require_current()
        client = work.clients.lock(request.client_id)
        asks = work.permissions.actor
        work.permissions.require("resume_client", as_resource(client, asks), see="get_client", unknown=ClientUnknown)
        client.resume(at)
        work.clients.save(client)
        work.tell(changed(client, request.reason), department=client.department)
        work.wake(client.id)
        return work.reply(as_view(client))
