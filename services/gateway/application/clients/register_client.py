"""Register a system."""

from services.gateway.application.clients.ports import PublicKeys, UnitOfWork
from services.gateway.application.clients.published import as_view, registered, resource
from services.gateway.domain.client import Client
from services.gateway.domain.client_errors import PurposeUnknown
from shared.clock import now
from shared.contracts.gateway.clients import ClientView, RegisterClient
from shared.contracts.gateway.events import ActorEnrolled
from shared.contracts.purposes import REGISTRY


def register_client(request: RegisterClient, *, unit_of_work: UnitOfWork, public_keys: PublicKeys) -> ClientView:
    """A system may ask for tokens from now on, and the world is told; or nothing happened."""
    key = public_keys.canonical(request.key)
    if request.purpose not in REGISTRY:
        raise PurposeUnknown(errors=[{"pointer": "/purpose", "detail": "is no registered purpose"}])
    at = now()
    with unit_of_work() as work:
        work.require_current()
        owner = work.permissions.actor
        work.permissions.require("register_client", resource(request.department, own=True, scopes=request.scopes))
        id, enrolled = work.enrolment.enrol_client()
        client = Client.register(
            id,
            name=request.name,
            owner=owner.id,
            department=request.department,
            purpose=request.purpose,
            scopes=request.scopes,
            expires_at=request.expires_at,
            key=key,
            at=at,
        )
        work.clients.add(client)
        work.tell(ActorEnrolled(subject=id, subject_version=1, kind="system", issuer_digest=enrolled))
        work.tell(registered(client), department=client.department)
        return work.reply(as_view(client))
