"""List the interactions with a contact."""

from services.contacts.application.ports import UnitOfWork
from services.contacts.application.published import as_interaction_view, as_resource, interaction_resource
from services.contacts.application.visibility import sight_of_interactions
from services.contacts.domain.errors import ContactUnknown
from shared.contracts.contacts.rpc import InteractionView, ListInteractions
from shared.contracts.paging import Page


def list_interactions(request: ListInteractions, *, unit_of_work: UnitOfWork) -> Page[InteractionView]:
    """The interactions that this caller may see, newest first."""
    with unit_of_work.reading() as work:
        contact = work.contacts.get(request.contact_id)
        work.permissions.require("list_interactions", as_resource(contact), see="get_contact", unknown=ContactUnknown)
        sight = sight_of_interactions(work.permissions)
        found, following = work.interactions.of(contact.id, sight.reach(), request.limit, request.cursor)
        decided = ((interaction, sight.of(interaction_resource(interaction))) for interaction in found)
        items = tuple(as_interaction_view(i, decision) for i, decision in decided if decision.allowed)
        return Page[InteractionView](items=items, next=following)
