"""What the notifications service tells."""

from uuid import UUID

from shared.contracts.base import Event


class TemplateAdded(Event, key="template.added.v1", source="notifications"):
    """A template has a new version. Heard by audit."""

    key: str
    language: str
    version: int
    digest: str


class MessageQueued(Event, key="message.queued.v1", source="notifications"):
    """A message is due to a contact. Heard by audit."""

    contact_id: UUID
    case_id: UUID | None = None
    template: str
    cause: UUID
    """The event that asked for it: one cause and template never make two messages."""


class AddressRead(Event, key="address.read.v1", source="notifications"):
    """A contact's address was read in order to write to them; committed before it is used. Heard by audit."""

    contact_id: UUID
    message_id: UUID
    fields: tuple[str, ...]
    purpose: str


class MessageSent(Event, key="message.sent.v1", source="notifications"):
    """A provider accepted a message. Heard by audit."""

    contact_id: UUID
    case_id: UUID | None = None
    template: str
    template_version: int
    attempt: int
    digest: str
    """HMAC-SHA-256 of the rendered text under a salt stored with the message."""


class MessageFailed(Event, key="message.failed.v1", source="notifications"):
    """A message will not be sent: rejected, or nowhere to send it. Heard by audit."""

    contact_id: UUID
    case_id: UUID | None = None
    template: str
    reason: str


class MessageOutcomeUnknown(Event, key="message.outcome_unknown.v1", source="notifications"):
    """A provider was called and its answer was lost: a person decides, nothing is sent again. Heard by audit."""

    contact_id: UUID
    case_id: UUID | None = None
    template: str
    attempt: int
