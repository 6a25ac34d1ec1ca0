"""Get a contact for another service."""

from services.contacts.application.ports import UnitOfWork
from services.contacts.application.published import as_card, as_resource
from services.contacts.domain.errors import ContactUnknown
from shared.contracts.contacts.rpc import ContactCard, GetContactCard


def get_contact_card(request: GetContactCard, *, unit_of_work: UnitOfWork) -> ContactCard:
    """What the asking service, or the person it serves, may know of a contact."""
    with unit_of_work.reading() as work:
        contact = work.contacts.get(request.contact_id)
        decision = work.permissions.require(
            "get_contact_card", as_resource(contact), see="get_contact_card", unknown=ContactUnknown
        )
        return as_card(contact, decision)
