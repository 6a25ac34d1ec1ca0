"""List the changes of a contact."""

from services.contacts.application.ports import UnitOfWork
from services.contacts.application.published import as_change, as_resource
from services.contacts.domain.errors import ContactUnknown
from shared.contracts.contacts.rpc import ContactChange, ListContactChanges
from shared.contracts.paging import Page


def list_contact_changes(request: ListContactChanges, *, unit_of_work: UnitOfWork) -> Page[ContactChange]:
    """Who changed which fields of a contact, newest first."""
    with unit_of_work.reading() as work:
        contact = work.contacts.get(request.contact_id)
        work.permissions.require(
            "list_contact_changes", as_resource(contact), see="list_contact_changes", unknown=ContactUnknown
        )
        found, following = work.changes.of(contact.id, request.limit, request.cursor)
        return Page[ContactChange](items=tuple(as_change(change) for change in found), next=following)
