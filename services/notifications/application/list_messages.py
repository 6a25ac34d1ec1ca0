"""List messages."""

from services.notifications.application.ports import Terms, UnitOfWork
from services.notifications.application.published import as_message_view, as_resource
from services.notifications.application.seeing import sight_of
from shared.contracts.notifications.rpc import ListMessages, MessageView
from shared.contracts.paging import Page


def list_messages(request: ListMessages, *, unit_of_work: UnitOfWork) -> Page[MessageView]:
    """The messages that match and that this caller may see, newest first."""
    with unit_of_work.reading() as work:
        work.permissions.knock("list_messages")
        sight = sight_of(work.permissions)
        reach = sight.reach()
        if reach.nothing:
            return Page[MessageView](items=())
        terms = Terms(contact_id=request.contact_id, case_id=request.case_id, status=request.status)
        found, following = work.messages.page(terms, reach, request.limit, request.cursor)
        seen = (message for message in found if sight.of(as_resource(message)).allowed)
        return Page[MessageView](items=tuple(map(as_message_view, seen)), next=following)
