"""Which fields of the answers are about a person: whoever sees one of them is on the record for it.

Every view that a route answers with stands here, so that a new one cannot be forgotten. Ids of records say nothing by
themselves; that a case or message belongs to a contact does.
"""

from typing import Final

from shared.contracts.audit.rpc import AccessView, CheckpointView, EntryView, GapView, ProofView, StreamView
from shared.contracts.base import View
from shared.contracts.cases.rpc import CaseEventView, CaseSummary, CaseTypeView, CaseView
from shared.contracts.contacts.rpc import ContactChange, ContactSummary, ContactView, InteractionView
from shared.contracts.gateway.acting import AuthorityView
from shared.contracts.gateway.clients import ClientView
from shared.contracts.gateway.jobs import JobResult, JobView
from shared.contracts.gateway.purposes import PurposeView
from shared.contracts.gateway.rpc import (
    ApiView,
    AssignmentView,
    MeView,
    StaffView,
    TeamView,
    UploadContent,
    UploadProgress,
    UploadView,
)
from shared.contracts.gateway.sessions import EndedView, SessionView
from shared.contracts.gateway.streams import LiveUpdate
from shared.contracts.notifications.rpc import MessageCounts, MessageView, TemplateView
from shared.contracts.paging import Page

FIELDS: Final[dict[type[View], frozenset[str]]] = {
    ContactView: frozenset(("name", "email", "phone", "language")),
    ContactSummary: frozenset(("name", "email", "phone")),
    ContactChange: frozenset(("fields",)),
    InteractionView: frozenset(("contact_id", "subject", "body", "channel", "case_id")),
    CaseView: frozenset(("contact_id", "data", "outcome", "state")),
    CaseSummary: frozenset(("contact_id", "state")),
    CaseEventView: frozenset(("resource", "comment", "event")),
    MessageView: frozenset(("contact_id", "template", "case_id", "reason")),
    AccessView: frozenset(("operation", "purpose", "fields", "hidden")),
    CaseTypeView: frozenset(),
    TemplateView: frozenset(),
    MessageCounts: frozenset(),
    MeView: frozenset(),
    JobView: frozenset(),
    JobResult: frozenset(("content",)),
    ApiView: frozenset(),
    PurposeView: frozenset(),
    ClientView: frozenset(),
    AuthorityView: frozenset(("principal", "representative")),
    StaffView: frozenset(("user_name", "display_name", "email")),
    TeamView: frozenset(),
    AssignmentView: frozenset(("note",)),
    UploadView: frozenset(("file_name",)),
    UploadContent: frozenset(("file_name", "content")),
    UploadProgress: frozenset(),
    SessionView: frozenset(),
    EndedView: frozenset(),
    LiveUpdate: frozenset(("type",)),
    EntryView: frozenset(),
    CheckpointView: frozenset(),
    ProofView: frozenset(),
    StreamView: frozenset(),
    GapView: frozenset(),
}


def item_of(reply: type[View]) -> type[View]:
    """The view that an answer is, or that a page is a page of."""
    if not issubclass(reply, Page):
        return reply
    item: type[View] = reply.__pydantic_generic_metadata__["args"][0]
    return item
