"""List messages."""

from services.notifications.application.ports import Terms, UnitOfWork
from services.notifications.application.published import as_message_view, as_resource
from services.notifications.application.seeing import departments_of
from shared.contracts.actor import Kind
from shared.contracts.notifications.rpc import ListMessages, MessageView
from shared.contracts.paging import Page


def list_messages(request: ListMessages, *, unit_of_work: UnitOfWork) -> Page[MessageView]:
    """The messages that match and that this caller may see, newest first."""
    with unit_of_work.reading() as work:
        work.permissions.require("list_messages")
        actor = work.permissions.actor
        own = actor.contact_id if actor.kind is Kind.CITIZEN else None
        if own is not None and request.contact_id not in {None, own}:
            return Page[MessageView](items=())
        terms = Terms(
            contact_id=request.contact_id or own,
            case_id=request.case_id,
            status=request.status,
            departments=departments_of(actor),
        )
        found, following = work.messages.page(terms, request.limit, request.cursor)
        seen = (m for m in found if work.permissions.decide("get_message", as_resource(m)).allowed)
        return Page[MessageView](items=tuple(map(as_message_view, seen)), next=following)
