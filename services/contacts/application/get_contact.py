"""Get one contact."""

from services.contacts.application.ports import UnitOfWork
from services.contacts.application.published import as_resource, as_view
from services.contacts.domain.errors import ContactUnknown
from shared.contracts.contacts.rpc import ContactView, GetContact


def get_contact(request: GetContact, *, unit_of_work: UnitOfWork) -> ContactView:
    """The contact, as this caller may see it."""
    with unit_of_work.reading() as work:
        contact = work.contacts.get(request.contact_id)
        decision = work.permissions.require(
            "get_contact", as_resource(contact), see="get_contact", unknown=ContactUnknown
        )
        return as_view(contact, decision)
