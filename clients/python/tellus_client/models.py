"""Generated from docs/openapi.json by clients/python/generate.py: what is sent and answered."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AccessView(TypedDict):
    """
    Once that somebody's data was read: what of it, by whom, why, and what in law allows it. Never by name.
    """

    operation: str
    purpose: str
    purpose_title: str | None
    lawful_basis: str | None
    special_categories: str | None
    fields: list[str]
    hidden: list[str]
    actor_kind: str | None
    department: str
    own: bool
    on_behalf: bool
    emergency: bool
    at: str


class AddCaseType(TypedDict):
    """
    Store a bundle as the next draft version of its case type; refused with every fault named.
    """

    bundle: str


class AddTemplate(TypedDict):
    """
    Store the next version of a template in one language; messages written from now on use it.
    """

    key: str
    language: NotRequired[str]
    subject: str
    body: str


class AllowedOperation(TypedDict):
    """
    Something that the caller's roles allow, and where.
    """

    operation: str
    method: str
    path: str


class AmendClient(TypedDict):
    """
    Change what a system is registered for.
    """

    name: NotRequired[str]
    scopes: NotRequired[
        list[
            Literal[
                "contacts_read",
                "contacts_write",
                "cases_read",
                "cases_write",
                "messages_read",
                "record_read",
                "provision_staff",
            ]
        ]
    ]
    expires_at: NotRequired[str]
    owner: NotRequired[str]


class AmendContact(TypedDict):
    """
    Change some details of a contact that is still at `version`. Absent fields stay as they are.
    """

    name: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    language: NotRequired[str]
    remove: NotRequired[list[Literal["email", "phone"]]]


Skill: TypeAlias = str


class AmendStaff(TypedDict):
    """
    Change a member of staff who is still at `version`. Absent fields stay; one is changed or removed, not both.
    """

    user_name: NotRequired[str]
    display_name: NotRequired[str]
    email: NotRequired[str]
    department: NotRequired[str]
    skills: NotRequired[list[Skill]]
    capacity: NotRequired[int]
    external_id: NotRequired[str]
    remove: NotRequired[list[Literal["email", "external_id"]]]


class AmendTeam(TypedDict):
    """
    Change a team that is still at `version`. Absent fields stay; `members` replaces, or `add` and `drop` adjust.
    """

    name: NotRequired[str]
    department: NotRequired[str]
    lead: NotRequired[str]
    members: NotRequired[list[str]]
    add: NotRequired[list[str]]
    drop: NotRequired[list[str]]
    external_id: NotRequired[str]
    remove: NotRequired[list[Literal["lead", "external_id"]]]


class ApiView(TypedDict):
    """
    An OpenAPI 3.1 document.
    """

    openapi: str
    info: dict[str, Any]
    servers: list[dict[str, Any]]
    security: list[dict[str, Any]]
    tags: list[dict[str, Any]]
    paths: dict[str, Any]
    components: dict[str, Any]


class AssignRole(TypedDict):
    """
    Give somebody else a role, everywhere (standard) or for one case or contact (specific), or keep them out of it.
    """

    kind: NotRequired[Literal["standard", "specific", "excluded"]]
    role: NotRequired[str | None]
    about: NotRequired[str | None]
    begins_at: NotRequired[str | None]
    ends_at: NotRequired[str | None]
    reason: str
    note: NotRequired[str]


class AssignmentView(TypedDict):
    """
    A role that somebody has for a time, or what keeps them out.
    """

    id: str
    holder: str
    kind: Literal["standard", "specific", "challenged", "excluded"]
    role: str | None
    about: str | None
    department: str
    begins_at: str
    ends_at: str | None
    in_force: bool
    reason: str
    note: str | None
    granted_by: str
    granted_at: str
    ended_at: str | None
    ended_by: str | None
    end_reason: str | None
    review_due: str | None
    reviewed_at: str | None
    reviewed_by: str | None
    outcome: Literal["justified", "unjustified"] | None
    hidden: list[str]


class AttemptView(TypedDict):
    """
    One try to hand a message to a provider, written down before the provider was called.
    """

    number: int
    outcome: Literal["accepted", "rejected", "deferred", "unknown", "pending"]
    detail: str | None
    started_at: str
    ended_at: str | None


class AuthorityView(TypedDict):
    """
    Who may act for whom, and until when.
    """

    id: str
    kind: Literal["mandate", "delegation"]
    principal: str
    representative: str
    roles: list[str]
    department: str
    begins_at: str
    ends_at: str
    in_force: bool
    reason: str
    granted_by: str
    granted_at: str
    ended_at: str | None
    end_reason: str | None


class CaseEventView(TypedDict):
    """
    One step taken on a case: from where to where, by whom, under which version of the rules.
    """

    sequence: int
    event: str
    title: str | None
    from_state: str | None
    to_state: str
    case_type_version: int
    actor: str
    resource: str | None
    comment: str | None
    fields: list[str]
    occurred_at: str
    recorded_at: str
    hidden: list[str]


class CaseSummary(TypedDict):
    """
    One line of a worklist: no answers, no names.
    """

    id: str
    reference: str
    case_type: str
    contact_id: str | None
    state: str
    closed: bool
    department: str
    assigned_to: str | None
    due_on: str | None
    opened_at: str
    version: int
    external_reference: str | None
    source: str | None
    hidden: list[str]


class CaseTypeView(TypedDict):
    """
    One version of a case type. Once active it never changes.
    """

    key: str
    version: int
    title: str
    status: Literal["draft", "active", "retired"]
    digest: str
    bundle: str | None
    activated_at: str | None
    hidden: list[str]


class ChallengeAccess(TypedDict):
    """
    Give yourself a role for one case or contact in an emergency: short, told as an alarm, judged afterwards.
    """

    about: str
    role: str
    minutes: NotRequired[int]
    reason: str
    note: str


class CheckpointView(TypedDict):
    """
    The newest signed checkpoint: a C2SP signed note, to be verified by the reader.
    """

    size: int
    root: str
    note: str
    signed_at: str


class ClientKeyView(TypedDict):
    """
    A key that a system may prove itself with.
    """

    kid: str
    added_at: str
    expires_at: str


class ClientView(TypedDict):
    """
    A system that calls the API by itself.
    """

    id: str
    name: str
    owner: str
    department: str
    purpose: str
    scopes: list[str]
    active: bool
    expires_at: str
    keys: list[ClientKeyView]
    version: int
    registered_at: str
    changed_at: str
    last_used_at: str | None


class Condition(TypedDict):
    """
    One comparison with a field. Texts are compared without regard to case, but for ids.
    """

    field: str
    operator: Literal["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"]
    value: NotRequired[str]


class ContactChange(TypedDict):
    """
    One change of a contact: which fields, by whom, when. The values are in the contact, not here.
    """

    version: int
    action: Literal["registered", "amended"]
    fields: list[str]
    actor: str
    occurred_at: str
    recorded_at: str


class ContactSummary(TypedDict):
    """
    One line of a search result.
    """

    id: str
    reference: str
    kind: Literal["person", "organisation"]
    name: str | None
    email: str | None
    phone: str | None
    hidden: list[str]


class ContactView(TypedDict):
    """
    A contact as the caller may see it: what is hidden is absent, and named in `hidden`.
    """

    id: str
    reference: str
    kind: Literal["person", "organisation"]
    department: str
    version: int
    registered_at: str
    name: str | None
    email: str | None
    phone: str | None
    language: str | None
    hidden: list[str]


class CreateTeam(TypedDict):
    """
    Make a team. Its lead, where it has one, is one of its members.
    """

    name: str
    department: str
    lead: NotRequired[str | None]
    members: NotRequired[list[str]]
    external_id: NotRequired[str | None]


class CreateUpload(TypedDict):
    """
    Begin to send a file. Its bytes follow by `append_upload`, in one request or in many, and may be resumed.

    `length` and `media_type` are held to. `sha256` may be left out here and said with the last bytes, in Repr-Digest.
    """

    file_name: str
    media_type: Literal[
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/tiff",
        "image/heic",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.text",
        "text/plain",
        "text/csv",
    ]
    length: int
    sha256: NotRequired[str | None]


class DeactivateStaff(TypedDict):
    """
    End somebody's access at once, on every replica; what they are on record for stays.
    """

    reason: NotRequired[str]


class DeclareConflict(TypedDict):
    """
    Keep yourself out of a case or away from a contact. Only somebody else can lift it.
    """

    about: str
    reason: NotRequired[str]
    note: NotRequired[str]


Role: TypeAlias = str


class DelegateDuties(TypedDict):
    """
    Let a colleague act in some of one's own roles while one is away.
    """

    representative: str
    roles: list[Role]
    begins_at: NotRequired[str | None]
    ends_at: str
    reason: str


class EndAssignment(TypedDict):
    """
    Take a role back, or lift an exclusion, from now on.
    """

    reason: str


class EndAuthority(TypedDict):
    """
    End a mandate or a delegation, at once.
    """

    reason: str


class EndedView(TypedDict):
    """
    How many sessions are no more.
    """

    ended: int


class EntryView(TypedDict):
    """
    One entry of the log: where it stands, and the exact bytes of its leaf.
    """

    index: int
    leaf: str
    leaf_hash: str
    type: str
    subject: str
    actor: str
    producer: str
    sequence: int
    occurred_at: str
    received_at: str


class ExportCases(TypedDict):
    """
    Bring all the cases that match and that the caller may see into a file, a line of JSON each.
    """

    case_type: NotRequired[str | None]
    state: NotRequired[str | None]
    open: NotRequired[bool | None]
    contact_id: NotRequired[str | None]


class FindContacts(TypedDict):
    """
    Contacts that match every term given, best match first within a page order that is stable.

    `name` matches names that begin with, or closely resemble, what was typed; the others match exactly.
    """

    name: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    reference: NotRequired[str | None]
    limit: NotRequired[int]
    cursor: NotRequired[str | None]


class GapView(TypedDict):
    """
    A hole in a producer's stream: opened when noticed, closed when the missing events arrived.
    """

    producer: str
    epoch: str
    first: int
    last: int
    opened_at: str
    closed_at: str | None


class GrantMandate(TypedDict):
    """
    Let one contact act for another: given by the other themselves, or by staff who saw the proof.
    """

    principal: str
    representative: str
    begins_at: NotRequired[str | None]
    ends_at: str
    reason: str


class InteractionView(TypedDict):
    """
    One touch between government and a contact.
    """

    id: str
    contact_id: str
    channel: Literal["phone", "email", "sms", "web", "in_person", "letter", "system"]
    direction: Literal["inbound", "outbound"]
    subject: str | None
    body: str | None
    case_id: str | None
    department: str
    recorded_by: str
    occurred_at: str
    recorded_at: str
    hidden: list[str]


class JobView(TypedDict):
    """
    One piece of long work.
    """

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    items: int
    error: str | None
    size: int | None
    created_at: str
    finished_at: str | None
    expires_at: str
    version: int


Kind: TypeAlias = Literal["staff", "citizen", "system"]


class MessageCounts(TypedDict):
    """
    How many messages stand where: due = queued + sending + sent + rejected + unknown + undeliverable.
    """

    due: int
    queued: int
    sending: int
    sent: int
    rejected: int
    unknown: int
    undeliverable: int


class MessageView(TypedDict):
    """
    One outbound item to one recipient. The address is asked for at send time and not kept here.
    """

    id: str
    contact_id: str
    case_id: str | None
    department: str
    template: str
    template_version: int | None
    language: str | None
    channel: Literal["email"]
    status: Literal["queued", "sending", "sent", "rejected", "unknown", "undeliverable"]
    reason: str | None
    created_at: str
    finished_at: str | None
    attempts: list[AttemptView]


class NextStep(TypedDict):
    """
    Something to try next.
    """

    title: str
    method: str
    path: str


class OpenCase(TypedDict):
    """
    Open a case of the active version of a type for a contact, its form filled with what is known already.
    """

    case_type: str
    contact_id: str
    data: NotRequired[dict[str, Any]]
    department: NotRequired[str | None]
    external_reference: NotRequired[str | None]
    source: NotRequired[str | None]
    occurred_at: NotRequired[str | None]


class PageOfAccessView(TypedDict):
    items: list[AccessView]
    next: str | None


class PageOfAssignmentView(TypedDict):
    items: list[AssignmentView]
    next: str | None


class PageOfAuthorityView(TypedDict):
    items: list[AuthorityView]
    next: str | None


class PageOfCaseEventView(TypedDict):
    items: list[CaseEventView]
    next: str | None


class PageOfCaseSummary(TypedDict):
    items: list[CaseSummary]
    next: str | None


class PageOfCaseTypeView(TypedDict):
    items: list[CaseTypeView]
    next: str | None


class PageOfClientView(TypedDict):
    items: list[ClientView]
    next: str | None


class PageOfContactChange(TypedDict):
    items: list[ContactChange]
    next: str | None


class PageOfContactSummary(TypedDict):
    items: list[ContactSummary]
    next: str | None


class PageOfEntryView(TypedDict):
    items: list[EntryView]
    next: str | None


class PageOfGapView(TypedDict):
    items: list[GapView]
    next: str | None


class PageOfInteractionView(TypedDict):
    items: list[InteractionView]
    next: str | None


class PageOfJobView(TypedDict):
    items: list[JobView]
    next: str | None


class PageOfMessageView(TypedDict):
    items: list[MessageView]
    next: str | None


class ProofView(TypedDict):
    """
    A proof as hex hashes, from the leaf or the old root upwards (RFC 9162).
    """

    size: int
    hashes: list[str]
    checkpoint: str


class ProvisionStaff(TypedDict):
    """
    Make somebody known before they first sign in. Answers with the member of staff as stored.
    """

    user_name: str
    display_name: str
    email: NotRequired[str | None]
    department: str
    active: NotRequired[bool]
    skills: NotRequired[list[Skill]]
    capacity: NotRequired[int]
    external_id: NotRequired[str | None]
    issuer: NotRequired[str | None]


class PublicKey(TypedDict):
    """
    A public key as RFC 7517 writes it: on P-256 (ES256) or Ed25519. A private one is refused, unread.
    """

    kty: Literal["EC", "OKP"]
    crv: Literal["P-256", "Ed25519"]
    x: str
    y: NotRequired[str | None]


class PurposeView(TypedDict):
    """
    One reason to read what is known of people, with its ground in law.
    """

    code: str
    title: str
    lawful_basis: str | None
    special_categories: str | None
    reaches: list[str]


class ReactivateStaff(TypedDict):
    """
    Let somebody back in who was deactivated.
    """

    reason: NotRequired[str]


class RecordInteraction(TypedDict):
    """
    Note one touch with a contact, on any channel.
    """

    channel: Literal["phone", "email", "sms", "web", "in_person", "letter", "system"]
    direction: NotRequired[Literal["inbound", "outbound"]]
    subject: str
    body: NotRequired[str]
    case_id: NotRequired[str | None]
    occurred_at: NotRequired[str | None]


class RegisterClient(TypedDict):
    """
    Let a system call the API for one purpose, with the scopes it needs, until a day; whoever asks answers for it.
    """

    name: str
    department: str
    purpose: str
    scopes: list[
        Literal[
            "contacts_read",
            "contacts_write",
            "cases_read",
            "cases_write",
            "messages_read",
            "record_read",
            "provision_staff",
        ]
    ]
    expires_at: str
    key: PublicKey


class RegisterContact(TypedDict):
    """
    Add a person or organisation. Answers with the contact as stored.
    """

    kind: NotRequired[Literal["person", "organisation"]]
    name: str
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    language: NotRequired[str]
    department: NotRequired[str | None]
    external_reference: NotRequired[str | None]
    source: NotRequired[str | None]


class RemoveClientKey(TypedDict):
    """
    Trust a key no longer. Tokens that it was used for end with the system's next request for one.
    """

    kid: str


class RemoveStaff(TypedDict):
    """
    Deactivate somebody and show them no longer. Answers with the member of staff as last seen.
    """

    reason: NotRequired[str]


class RemoveTeam(TypedDict):
    """
    Dissolve a team. Answers with the team as last seen.
    """

    reason: NotRequired[str]


class ResumeClient(TypedDict):
    """
    Let a suspended system go on.
    """

    reason: str


class ReviewChallenge(TypedDict):
    """
    Judge somebody else's emergency access. An unjustified one ends at once.
    """

    outcome: Literal["justified", "unjustified"]
    note: NotRequired[str]


class SessionView(TypedDict):
    """
    A browser that somebody is signed in with.
    """

    id: str
    holder: str
    department: str
    assurance: str
    browser: str
    began_at: str
    seen_at: str
    ends_at: str
    current: bool


class StaffView(TypedDict):
    """
    A member of staff as the caller may see them: what is hidden is absent, and named in `hidden`.
    """

    id: str
    user_name: str | None
    display_name: str | None
    email: str | None
    department: str
    active: bool
    skills: list[str]
    capacity: int | None
    teams: list[str]
    roles: list[str]
    external_id: str | None
    version: int
    provisioned_at: str
    changed_at: str
    hidden: list[str]


class StepView(TypedDict):
    """
    An event that may be taken now, and what it asks for.
    """

    event: str
    title: str
    form: dict[str, Any]


class StreamView(TypedDict):
    """
    One producer's stream: what arrived, and what its heartbeats say there is.
    """

    producer: str
    epoch: str
    next_sequence: int
    head_sequence: int
    last_heartbeat_at: str | None
    confirmed_sequence: int


class SuspendClient(TypedDict):
    """
    End what a system may do, within a second, everywhere.
    """

    reason: str


class TakeCaseEvent(TypedDict):
    """
    Take one step on a case that is still at `version`. An illegal step is a Conflict that names the legal ones.
    """

    event: str
    data: NotRequired[dict[str, Any]]
    comment: NotRequired[str | None]
    occurred_at: NotRequired[str | None]
    resource: NotRequired[str | None]


class TeamView(TypedDict):
    """
    Some people who work together.
    """

    id: str
    name: str
    department: str
    lead: str | None
    members: list[str]
    external_id: str | None
    version: int
    created_at: str
    changed_at: str


class TemplateView(TypedDict):
    """
    One version of a template. It never changes; a message keeps the version it was written with.
    """

    key: str
    version: int
    language: str
    channel: Literal["email"]
    subject: str
    body: str
    placeholders: list[str]
    created_at: str


class UploadProgress(TypedDict):
    """
    How far an upload is, without the name of the file.
    """

    id: str
    state: Literal["created", "receiving", "available", "refused", "cancelled", "expired"]
    media_type: Literal[
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/tiff",
        "image/heic",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.text",
        "text/plain",
        "text/csv",
    ]
    length: int
    sha256: str | None
    refusal: str | None


class UploadView(TypedDict):
    """
    A file that somebody sends, or has sent. What was refused, cancelled or has expired is forgotten but for this.
    """

    id: str
    state: Literal["created", "receiving", "available", "refused", "cancelled", "expired"]
    file_name: str | None
    media_type: Literal[
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/tiff",
        "image/heic",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.text",
        "text/plain",
        "text/csv",
    ]
    length: int
    sha256: str | None
    refusal: str | None
    created_at: str
    finished_at: str | None
    version: int


class Error(TypedDict):
    pointer: NotRequired[str]
    parameter: NotRequired[str]
    header: NotRequired[str]
    detail: str


Problem = TypedDict(
    "Problem",
    {
        "type": str,
        "title": str,
        "status": int,
        "detail": str,
        "code": str,
        "trace": str,
        "errors": NotRequired[list[Error]],
        "violated-policies": NotRequired[list[str]],
        "details": NotRequired[dict[str, Any]],
    },
)


class AddClientKey(TypedDict):
    """
    Add a key beside those there are, so that one can follow another without a gap; three at once.
    """

    key: PublicKey
    expires_at: NotRequired[str | None]


class Alternative(TypedDict):
    """
    Conditions that must all hold.
    """

    conditions: list[Condition]


class CaseView(TypedDict):
    """
    A case as the caller may see it.
    """

    id: str
    reference: str
    case_type: str
    case_type_version: int
    contact_id: str | None
    state: str
    state_title: str | None
    closed: bool
    outcome: str | None
    data: dict[str, Any] | None
    department: str
    assigned_to: str | None
    due_on: str | None
    opened_at: str
    version: int
    steps: list[StepView]
    prefilled: list[str]
    external_reference: str | None
    source: str | None
    hidden: list[str]


class CountedOfStaffView(TypedDict):
    items: list[StaffView]
    next: str | None
    total: int


class CountedOfTeamView(TypedDict):
    items: list[TeamView]
    next: str | None
    total: int


class FindStaff(TypedDict):
    """
    The members of staff for whom one of the alternatives holds (all, where none is given), counted, by user name.
    """

    where: NotRequired[list[Alternative]]
    start: NotRequired[int]
    limit: NotRequired[int]


class FindTeams(TypedDict):
    """
    The teams for which one of the alternatives holds (all, where none is given), counted, by name.
    """

    where: NotRequired[list[Alternative]]
    start: NotRequired[int]
    limit: NotRequired[int]


class MeView(TypedDict):
    """
    Who the caller is to this suite, and what they may ask for. What a resource allows is decided where it lives.
    """

    id: str
    kind: Kind
    roles: list[str]
    department: str
    assurance: str
    contact_id: str | None
    operations: list[str]
    on_behalf_of: str | None
    scopes: list[str]
    grants: int
    purposes: list[str]
    may: list[AllowedOperation]
    next: list[NextStep]


class PageOfPurposeView(TypedDict):
    items: list[PurposeView]
    next: str | None


class PageOfSessionView(TypedDict):
    items: list[SessionView]
    next: str | None


class PageOfStaffView(TypedDict):
    items: list[StaffView]
    next: str | None


class PageOfStreamView(TypedDict):
    items: list[StreamView]
    next: str | None


class PageOfTeamView(TypedDict):
    items: list[TeamView]
    next: str | None


class PageOfTemplateView(TypedDict):
    items: list[TemplateView]
    next: str | None


class PageOfUploadView(TypedDict):
    items: list[UploadView]
    next: str | None
