"""What the contacts service answers."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from shared.contracts.base import Code, Department, Line, Message, Note, Request, Storable, Version, View
from shared.contracts.paging import Cursor, Limit, Page
from shared.contracts.sights import Several, Sights

Channel = Literal["phone", "email", "sms", "web", "in_person", "letter", "system"]
PointKind = Literal["email", "phone"]
EmailText = Annotated[
    str, StringConstraints(strict=True, min_length=3, max_length=320, strip_whitespace=True), Storable
]
PhoneText = Annotated[str, StringConstraints(strict=True, min_length=3, max_length=40, strip_whitespace=True), Storable]
Language = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]


class ContactView(View):
    """A contact as the caller may see it: what is hidden is absent, and named in `hidden`."""

    id: UUID
    reference: str
    kind: Literal["person", "organisation"]
    department: Department
    version: int
    registered_at: AwareDatetime
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    hidden: tuple[str, ...] = ()


class ContactSummary(View):
    """One line of a search result."""

    id: UUID
    reference: str
    kind: Literal["person", "organisation"]
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    hidden: tuple[str, ...] = ()


class InteractionView(View):
    """One touch between government and a contact."""

    id: UUID
    contact_id: UUID
    channel: Channel
    direction: Literal["inbound", "outbound"]
    subject: str | None = None
    body: str | None = None
    case_id: UUID | None = None
    department: Department
    recorded_by: UUID
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    hidden: tuple[str, ...] = ()


class ContactChange(View):
    """One change of a contact: which fields, by whom, when. The values are in the contact, not here."""

    version: int
    action: Literal["registered", "amended"]
    fields: tuple[str, ...]
    actor: UUID
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime


class ContactDetails(Message):
    """What a person tells us about themselves, or an organisation about itself."""

    kind: Literal["person", "organisation"] = "person"
    name: Line
    email: EmailText | None = None
    phone: PhoneText | None = None
    language: Language = "en"


class RegisterContact(Request[ContactView], service="contacts", writes=True):
    """Add a person or organisation. Answers with the contact as stored."""

    kind: Literal["person", "organisation"] = "person"
    name: Line
    email: EmailText | None = None
    phone: PhoneText | None = None
    language: Language = "en"
    department: Department | None = Field(default=None, description="Owner; the actor's own where absent.")
    external_reference: Line | None = Field(
        default=None, description="The key this contact has in the system it comes from; unique within `source`."
    )
    source: Code | None = Field(default=None, description="The system it comes from.")

    @model_validator(mode="after")
    def _reference_and_source_come_together(self) -> "RegisterContact":
        if (self.external_reference is None) != (self.source is None):
            raise ValueError("external_reference and source come together or not at all")
        return self


class AmendContact(Request[ContactView], service="contacts", writes=True):
    """Change some details of a contact that is still at `version`. Absent fields stay as they are."""

    contact_id: UUID
    version: Version
    name: Line | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    language: Language | None = None
    remove: tuple[Literal["email", "phone"], ...] = ()


class GetContact(Request[ContactView], service="contacts"):
    """One contact, by id."""

    contact_id: UUID


class FindContacts(Request[Page[ContactSummary]], service="contacts"):
    """Contacts that match every term given, best match first within a page order that is stable.

    `name` matches names that begin with, or closely resemble, what was typed; the others match exactly.
    """

    name: Line | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    reference: Line | None = None
    limit: Limit = 20
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _something_to_look_for(self) -> "FindContacts":
        if not (self.name or self.email or self.phone or self.reference):
            raise ValueError("give a name, an email, a phone or a reference to look for")
        return self


class RecordInteraction(Request[InteractionView], service="contacts", writes=True):
    """Note one touch with a contact, on any channel."""

    contact_id: UUID
    channel: Channel
    direction: Literal["inbound", "outbound"] = "inbound"
    subject: Line
    body: Note = ""
    case_id: UUID | None = None
    occurred_at: AwareDatetime | None = None


class ListInteractions(Request[Page[InteractionView]], service="contacts"):
    """The interactions with a contact that the caller may see, newest first."""

    contact_id: UUID
    limit: Limit = 20
    cursor: Cursor | None = None


class ListContactChanges(Request[Page[ContactChange]], service="contacts"):
    """Who changed what of a contact, newest first."""

    contact_id: UUID
    limit: Limit = 20
    cursor: Cursor | None = None


class ContactCard(View):
    """What another service needs to write to a contact or to fill a form: nothing it is not allowed."""

    id: UUID
    reference: str
    kind: Literal["person", "organisation"]
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str = "en"
    version: int
    hidden: tuple[str, ...] = ()


class GetContactCard(Request[ContactCard], service="contacts", within=("open_case",)):
    """One contact for another service. The caller logs the access in its own outbox before it uses it."""

    contact_id: UUID


class SeeContacts(Request[Sights], service="contacts"):
    """Which of these contacts the caller may see. For services that pass on news of them."""

    ids: Several


class SeeInteractions(Request[Sights], service="contacts"):
    """Which of these interactions the caller may see. For services that pass on news of them."""

    ids: Several
