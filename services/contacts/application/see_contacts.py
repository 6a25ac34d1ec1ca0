"""Say which contacts somebody may see."""

from services.contacts.application.ports import UnitOfWork
from services.contacts.application.published import as_resource
from shared.contracts.contacts.rpc import SeeContacts
from shared.contracts.sights import Sights


def see_contacts(request: SeeContacts, *, unit_of_work: UnitOfWork) -> Sights:
    """Of the contacts asked about, exactly those that `get_contact` would answer with."""
    with unit_of_work.reading() as work:
        decide = work.permissions.decide
        seen = (c.id for c in work.contacts.among(request.ids) if decide("get_contact", as_resource(c)).allowed)
        return Sights(visible=tuple(seen))
