"""What the contacts service can do: one module, one use case, one transaction."""

from services.contacts.application.amend_contact import amend_contact
from services.contacts.application.find_contacts import find_contacts
from services.contacts.application.get_contact import get_contact
from services.contacts.application.get_contact_card import get_contact_card
from services.contacts.application.list_contact_changes import list_contact_changes
from services.contacts.application.list_interactions import list_interactions
from services.contacts.application.record_interaction import record_interaction
from services.contacts.application.register_contact import register_contact
from services.contacts.application.see_contacts import see_contacts
from services.contacts.application.see_interactions import see_interactions

__all__ = [
    "amend_contact",
    "find_contacts",
    "get_contact",
    "get_contact_card",
    "list_contact_changes",
    "list_interactions",
    "record_interaction",
    "register_contact",
    "see_contacts",
    "see_interactions",
]
