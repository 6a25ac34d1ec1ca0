"""How notifications look from outside: views for callers, events for subscribers. Ids and codes, nothing personal."""

from collections.abc import Iterator, Sequence

from services.notifications.application.ports import Attempt
from services.notifications.domain.message import Message
from services.notifications.domain.template import Template
from shared.authz.model import Resource
from shared.contracts.base import Event
from shared.contracts.notifications.events import (
    AddressRead,
    MessageFailed,
    MessageOutcomeUnknown,
    MessageQueued,
    MessageSent,
    TemplateAdded,
)
from shared.contracts.notifications.rpc import AttemptView, MessageView, TemplateView

PURPOSE = "case_correspondence"
"""Why an address is read: to write to somebody about their own case."""


def as_resource(message: Message) -> Resource:
    """A message, as policies see it."""
    about = {"contact": str(message.contact_id)}
    if message.case_id is not None:
        about["case"] = str(message.case_id)
    return Resource("Message", str(message.id), message.department, about)


def as_template_view(template: Template) -> TemplateView:
    """A template, as stored."""
    return TemplateView(
        key=template.key,
        version=template.version,
        language=template.language,
        channel="email",
        subject=template.subject,
        body=template.body,
        placeholders=template.placeholders,
        created_at=template.created_at,
    )


def as_message_view(message: Message, attempts: Sequence[Attempt] = ()) -> MessageView:
    """A message, where it stands."""
    return MessageView(
        id=message.id,
        contact_id=message.contact_id,
        case_id=message.case_id,
        department=message.department,
        template=message.template,
        template_version=message.written.version if message.written else None,
        language=message.written.language if message.written else None,
        channel="email",
        status=message.status,
        reason=message.reason,
        created_at=message.created_at,
        finished_at=message.finished_at,
        attempts=tuple(AttemptView.model_validate(attempt, from_attributes=True) for attempt in attempts),
    )


def as_template_event(template: Template) -> TemplateAdded:
    """That a template has a new version."""
    return TemplateAdded(
        subject=template.id,
        subject_version=template.version,
        key=template.key,
        language=template.language,
        version=template.version,
        digest=template.digest(),
    )


def as_queued(message: Message) -> MessageQueued:
    """That a message is due."""
    return MessageQueued(
        subject=message.id,
        subject_version=message.version,
        contact_id=message.contact_id,
        case_id=message.case_id,
        template=message.template,
        cause=message.cause,
    )


def as_address_read(message: Message, fields: tuple[str, ...]) -> AddressRead:
    """That somebody's details were read in order to write to them."""
    return AddressRead(
        subject=message.id,
        subject_version=message.version,
        contact_id=message.contact_id,
        message_id=message.id,
        fields=fields,
        purpose=PURPOSE,
    )


def as_outcome(message: Message) -> Iterator[Event]:
    """Where a message came to rest; nothing while it has not."""
    match message.status, message.written:
        case "sent", written if written is not None:
            yield MessageSent(
                subject=message.id,
                subject_version=message.version,
                contact_id=message.contact_id,
                case_id=message.case_id,
                template=message.template,
                template_version=written.version,
                attempt=message.attempts,
                digest=written.digest,
            )
        case (("rejected" | "undeliverable"), _):
            yield MessageFailed(
                subject=message.id,
                subject_version=message.version,
                contact_id=message.contact_id,
                case_id=message.case_id,
                template=message.template,
                reason=message.reason or message.status,
            )
        case "unknown", _:
            yield MessageOutcomeUnknown(
                subject=message.id,
                subject_version=message.version,
                contact_id=message.contact_id,
                case_id=message.case_id,
                template=message.template,
                attempt=message.attempts,
            )
