"""Find contacts."""

from services.contacts.application.ports import Points, Terms, UnitOfWork
from services.contacts.application.published import as_summary
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
        decision = work.permissions.require("find_contacts")
        if hidden := [term for term in ("name", "email", "phone") if getattr(terms, term) and not decision.shows(term)]:
            raise TermHidden(terms=hidden)  # a match would tell what a mask hides
        found, following = work.contacts.find(terms, request.limit, request.cursor)
        return Page[ContactSummary](items=tuple(as_summary(c, decision) for c in found), next=following)
