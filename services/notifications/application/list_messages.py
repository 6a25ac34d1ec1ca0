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
        whose = request.contact_id
        if actor.kind is Kind.CITIZEN:
            # without a contact nothing is theirs; asking the store about nobody would look through everybody's
            if actor.contact_id is None or whose not in {None, actor.contact_id}:
                return Page[MessageView](items=())
            whose = actor.contact_id
        terms = Terms(
            contact_id=whose,
            case_id=request.case_id,
            status=request.status,
            departments=departments_of(actor),
        )
        found, following = work.messages.page(terms, request.limit, request.cursor)
        seen = (m for m in found if work.permissions.decide("get_message", as_resource(m)).allowed)
        return Page[MessageView](items=tuple(map(as_message_view, seen)), next=following)
