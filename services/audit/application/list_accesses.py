"""List who read what is known of a contact."""

from services.audit.application.ports import Looks
from services.audit.application.published import as_access
from services.audit.domain.errors import PersonUnknown
from shared.authz.model import Resource
from shared.contracts.audit.rpc import AccessView, ListAccesses
from shared.contracts.paging import Page


def list_accesses(request: ListAccesses, *, looks: Looks) -> Page[AccessView]:
    """Every time that data of this contact or of their cases left the suite or was used in it, newest first."""
    with looks.reading() as look:
        contact = str(request.contact_id)
        look.permissions.require(
            "list_accesses",
            Resource("Contact", contact, attributes={"contact": contact}),
            see="list_accesses",
            unknown=PersonUnknown,
        )
        found, following = look.log.accesses(request.contact_id, request.limit, request.cursor)
        asking = str(look.permissions.actor.id)
        return Page[AccessView](items=tuple(as_access(entry, asking) for entry in found), next=following)
