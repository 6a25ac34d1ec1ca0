"""How contacts look from outside: views for callers, events for subscribers. Personal data is dropped here."""

from collections.abc import Iterator

from services.contacts.application.ports import Change
from services.contacts.domain.contact import Contact
from services.contacts.domain.events import Amended, Registered
from services.contacts.domain.interaction import Interaction
from shared.authz.masks import mask
from shared.authz.model import Decision, Resource
from shared.contracts.base import Event
from shared.contracts.contacts.events import ContactAmended, ContactRegistered, InteractionRecorded
from shared.contracts.contacts.rpc import ContactCard, ContactChange, ContactSummary, ContactView, InteractionView

DETAILS = ("name", "email", "phone", "language")


def as_resource(contact: Contact) -> Resource:
    """A contact, as policies see it."""
    return Resource("Contact", str(contact.id), contact.department, {"contact": str(contact.id)})


def as_view(contact: Contact, decision: Decision) -> ContactView:
    """A contact, as this caller may see it."""
    view = ContactView(
        id=contact.id,
        reference=contact.reference,
        kind=contact.kind,
        department=contact.department,
        version=contact.version,
        registered_at=contact.registered_at,
        name=contact.details.name,
        email=contact.details.email,
        phone=contact.details.phone,
        language=contact.details.language,
    )
    return mask(view, decision, DETAILS)


def as_summary(contact: Contact, decision: Decision) -> ContactSummary:
    """A contact, as a line of a list."""
    view = ContactSummary(
        id=contact.id,
        reference=contact.reference,
        kind=contact.kind,
        name=contact.details.name,
        email=contact.details.email,
        phone=contact.details.phone,
    )
    return mask(view, decision, ("name", "email", "phone"))


def as_card(contact: Contact, decision: Decision) -> ContactCard:
    """A contact, as another service needs it."""
    view = ContactCard(
        id=contact.id,
        reference=contact.reference,
        kind=contact.kind,
        name=contact.details.name,
        email=contact.details.email,
        phone=contact.details.phone,
        language=contact.details.language,
        version=contact.version,
    )
    return mask(view, decision, ("name", "email", "phone"))


def as_change(change: Change) -> ContactChange:
    """One line of history."""
    return ContactChange(
        version=change.version,
        action="registered" if change.action == "registered" else "amended",
        fields=change.fields,
        actor=change.actor,
        occurred_at=change.occurred_at,
        recorded_at=change.recorded_at,
    )


def as_interaction_view(interaction: Interaction, decision: Decision) -> InteractionView:
    """An interaction, as this caller may see it."""
    view = InteractionView.model_validate(interaction, from_attributes=True)
    return mask(view, decision, ("subject", "body"))


def as_events(contact: Contact) -> Iterator[Event]:
    """What happened to a contact, without saying who it is."""
    for fact in contact.facts:
        match fact:
            case Registered(fields):
                yield ContactRegistered(
                    subject=contact.id, subject_version=contact.version, kind=contact.kind, fields=fields
                )
            case Amended(fields):
                yield ContactAmended(subject=contact.id, subject_version=contact.version, fields=fields)


def as_interaction_event(interaction: Interaction) -> InteractionRecorded:
    """That there was an interaction, provable by its digest."""
    return InteractionRecorded(
        subject=interaction.id,
        subject_version=1,
        occurred_at=interaction.occurred_at,
        contact_id=interaction.contact_id,
        channel=interaction.channel,
        direction=interaction.direction,
        case_id=interaction.case_id,
        digest=interaction.digest(),
    )


def interaction_resource(interaction: Interaction) -> Resource:
    """An interaction, as policies see it."""
    about = {"contact": str(interaction.contact_id)}
    if interaction.case_id is not None:
        about["case"] = str(interaction.case_id)
    return Resource("Interaction", str(interaction.id), interaction.department, about)
