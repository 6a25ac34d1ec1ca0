"""Find contacts."""

from services.contacts.application.ports import Points, Terms, UnitOfWork
from services.contacts.application.published import as_resource, as_summary
from services.contacts.application.visibility import sight_of_contacts
from services.contacts.domain.errors import TermHidden
from services.contacts.domain.naming import fold
from shared.contracts.contacts.rpc import ContactSummary, FindContacts
from shared.contracts.paging import Page


def find_contacts(request: FindContacts, *, unit_of_work: UnitOfWork, points: Points) -> Page[ContactSummary]:
    """The contacts that match every term, as this caller may see them."""
    terms = Terms(
        name=fold(request.name) if request.name else None,
        email=points.email(request.email) if request.email else None,
        phone=points.phone(request.phone) if request.phone else None,
        reference=request.reference.upper() if request.reference else None,
    )
    with unit_of_work.reading() as work:
        work.permissions.knock("find_contacts")
        sight = sight_of_contacts(work.permissions)
        asked = [term for term in ("name", "email", "phone") if getattr(terms, term)]
        reach = sight.reach(showing=asked)  # a match would tell what a mask hides
        if reach.nothing and (hidden := [term for term in asked if sight.reach(showing=(term,)).nothing]):
            raise TermHidden(terms=hidden)
        found, following = work.contacts.find(terms, reach, request.limit, request.cursor)
        seen = ((contact, sight.of(as_resource(contact))) for contact in found)
        items = tuple(as_summary(contact, decision) for contact, decision in seen if decision.allowed)
        return Page[ContactSummary](items=items, next=following)
