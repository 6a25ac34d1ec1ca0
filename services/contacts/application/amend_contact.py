"""Amend a contact."""

from services.contacts.application.ports import Change, Points, UnitOfWork
from services.contacts.application.published import as_events, as_resource, as_view
from services.contacts.domain.errors import ContactUnknown, PointContradictory
from shared.clock import now
from shared.contracts.contacts.rpc import AmendContact, ContactView


def amend_contact(request: AmendContact, *, unit_of_work: UnitOfWork, points: Points) -> ContactView:
    """The contact is as asked and nobody's change was overwritten, or nothing happened."""
    changes: dict[str, str | None] = {}
    if request.name is not None:
        changes["name"] = request.name
    if request.email is not None:
        changes["email"] = points.email(request.email)
    if request.phone is not None:
        changes["phone"] = points.phone(request.phone)
    if request.language is not None:
        changes["language"] = request.language
    if both := [point for point in request.remove if point in changes]:
        raise PointContradictory(errors=[{"pointer": f"/{point}", "detail": "is removed as well"} for point in both])
    changes |= dict.fromkeys(request.remove)
    at = now()
    with unit_of_work() as work:
        contact = work.contacts.lock(request.contact_id)
        decision = work.permissions.require(
            "amend_contact", as_resource(contact), see="get_contact", unknown=ContactUnknown
        )
        contact.amend(request.version, **changes)
        work.contacts.save(contact)
        fields = contact.facts[-1].fields
        work.changes.add(contact.id, Change(contact.version, "amended", fields, work.permissions.actor.id, at, at))
        work.tell(*as_events(contact), department=contact.department)
        return work.reply(as_view(contact, decision))
