"""Amend a system."""

from services.gateway.application.clients.ports import UnitOfWork, Work
from services.gateway.application.clients.published import as_resource, as_view, changed, resource
from services.gateway.domain.client_errors import ClientUnknown, OwnerUnknown, ScopeAboveAuthority
from services.gateway.domain.errors import StaffUnknown
from shared.clock import now
from shared.contracts.gateway.clients import AmendClient, ClientView


def amend_client(request: AmendClient, *, unit_of_work: UnitOfWork) -> ClientView:
    """The system is registered as asked and nobody's change was overwritten, or nothing happened."""
    at = now()
    with unit_of_work() as work:
        work.require_current()
        client = work.clients.lock(request.client_id)
        asks = work.permissions.actor
        work.permissions.require("amend_client", as_resource(client, asks), see="get_client", unknown=ClientUnknown)
        if request.scopes is not None:
            after = resource(client.department, own=client.owner == asks.id, scopes=request.scopes)
            if not work.permissions.decide("register_client", after).allowed:
                raise ScopeAboveAuthority(errors=[{"pointer": "/scopes", "detail": "goes beyond what you may give"}])
        if request.owner is not None:
            _require_owner(work, request)
        client.amend(
            request.version,
            at,
            name=request.name,
            scopes=request.scopes,
            expires_at=request.expires_at,
            owner=request.owner,
        )
        work.clients.save(client)
        work.tell(changed(client), department=client.department)
        work.wake(client.id)
        return work.reply(as_view(client))


def _require_owner(work: Work, request: AmendClient) -> None:
    assert request.owner is not None
    try:
        active = work.staff.get(request.owner).active
    except StaffUnknown:
        active = False
    if not active:
        raise OwnerUnknown(errors=[{"pointer": "/owner", "detail": "must be an active member of staff"}])
