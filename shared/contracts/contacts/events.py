"""What the contacts service tells."""

from uuid import UUID

from shared.contracts.base import Event


class ContactRegistered(Event, key="contact.registered.v1", source="contacts"):
    """A contact now exists. Heard by audit; outside subscribers learn that there is somebody to ask about."""

    kind: str
    fields: tuple[str, ...]


class ContactAmended(Event, key="contact.amended.v1", source="contacts"):
    """Some details of a contact changed. Heard by audit; subscribers refresh what they keep."""

    fields: tuple[str, ...]


class InteractionRecorded(Event, key="interaction.recorded.v1", source="contacts"):
    """Somebody was in touch with a contact. Heard by audit. The text is provable by its salted digest."""

    contact_id: UUID
    channel: str
    direction: str
    case_id: UUID | None = None
    digest: str
    """HMAC-SHA-256 of subject and body under a salt that is stored, and erased, with them."""
