"""Register a contact."""

from uuid import UUID

from services.contacts.application.ports import Change, Points, UnitOfWork, Work
from services.contacts.application.published import as_events, as_resource, as_view
from services.contacts.domain.contact import Contact, Details, Origin
from services.contacts.domain.errors import ContactExists, DepartmentElsewhere
from shared.clock import now
from shared.contracts.actor import Actor
from shared.contracts.contacts.rpc import ContactView, RegisterContact
from shared.ids import new_id, new_reference


def register_contact(request: RegisterContact, *, unit_of_work: UnitOfWork, points: Points) -> ContactView:
    """A contact exists and the world is told, or nothing happened."""
    details = Details(
        name=request.name,
        email=points.email(request.email) if request.email else None,
        phone=points.phone(request.phone) if request.phone else None,
        language=request.language,
    )
    origin = (
        Origin(request.source, request.external_reference) if request.source and request.external_reference else None
    )
    at = now()
    with unit_of_work() as work:
        actor = work.permissions.actor
        decision = work.permissions.require("register_contact")
        contact = Contact.register(
            new_id(),
            new_reference("CON"),
            kind=request.kind,
            department=owner(request.department, actor),
            details=details,
            at=at,
            origin=origin,
        )
        try:
            work.contacts.add(contact)
        except ContactExists as known:
            raise _known_to(known, work) from known
        work.changes.add(contact.id, Change(1, "registered", details.filled(), actor.id, at, at))
        work.tell(*as_events(contact), department=contact.department)
        return work.reply(as_view(contact, decision))


def owner(named: str | None, actor: Actor) -> str:
    """The department that keeps the contact: the actor's own or one within it; a migration brings in everybody's."""
    theirs = named is None or named == actor.department or named.startswith(f"{actor.department}.")
    if theirs or "migration" in actor.roles:
        return named or actor.department
    raise DepartmentElsewhere


def _known_to(known: ContactExists, work: Work) -> ContactExists:
    # whoever may not know of the other contact learns that the reference is taken, not who has it
    other = work.contacts.get(UUID(known.details["contact_id"]))
    return known if work.permissions.decide("get_contact", as_resource(other)).allowed else ContactExists()
