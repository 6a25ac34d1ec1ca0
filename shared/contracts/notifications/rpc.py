"""What the notifications service answers."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, StringConstraints

from shared.contracts.base import Code, Department, Line, Request, Storable, Version, View
from shared.contracts.contacts.rpc import Language
from shared.contracts.paging import Cursor, Limit, Page
from shared.contracts.sights import Several, Sights

Status = Literal["queued", "sending", "sent", "rejected", "unknown", "undeliverable"]
TemplateText = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=50_000), Storable]


class TemplateView(View):
    """One version of a template. It never changes; a message keeps the version it was written with."""

    key: str
    version: int
    language: str
    channel: Literal["email"]
    subject: str
    body: str
    placeholders: tuple[str, ...]
    created_at: AwareDatetime


class AttemptView(View):
    """One try to hand a message to a provider, written down before the provider was called."""

    number: int
    outcome: Literal["accepted", "rejected", "deferred", "unknown", "pending"]
    """`deferred`: the provider did not take it for now; the next attempt has the next number."""
    detail: str | None = None
    """The provider's status codes; never its words, which may quote an address."""
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None


class MessageView(View):
    """One outbound item to one recipient. The address is asked for at send time and not kept here."""

    id: UUID
    contact_id: UUID
    case_id: UUID | None = None
    department: Department
    template: str
    template_version: int | None = None
    language: str | None = None
    """The template's, which is not always the contact's: where a language is missing, English speaks."""
    channel: Literal["email"]
    status: Status
    reason: str | None = None
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    attempts: tuple[AttemptView, ...] = ()


class AddTemplate(Request[TemplateView], service="notifications", writes=True):
    """Store the next version of a template in one language; messages written from now on use it."""

    key: Code
    language: Language = "en"
    subject: Line
    body: TemplateText


class GetTemplate(Request[TemplateView], service="notifications"):
    """One version of a template, the newest where none is named."""

    key: Code
    language: Language = "en"
    version: Version | None = None


class ListTemplates(Request[Page[TemplateView]], service="notifications"):
    """The newest version of every template, by key and language."""

    limit: Limit = 20
    cursor: Cursor | None = None


class GetMessage(Request[MessageView], service="notifications"):
    """One message with its attempts."""

    message_id: UUID


class ListMessages(Request[Page[MessageView]], service="notifications"):
    """The messages that the caller may see, newest first, without their attempts."""

    contact_id: UUID | None = None
    case_id: UUID | None = None
    status: Status | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class MessageCounts(View):
    """How many messages stand where: due = queued + sending + sent + rejected + unknown + undeliverable."""

    due: int
    queued: int
    sending: int
    sent: int
    rejected: int
    unknown: int
    undeliverable: int


class CountMessages(Request[MessageCounts], service="notifications"):
    """How many messages stand where, in the departments that the caller oversees."""


class SeeMessages(Request[Sights], service="notifications"):
    """Which of these messages the caller may see. For services that pass on news of them."""

    ids: Several
