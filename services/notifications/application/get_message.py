"""Get one message."""

from services.notifications.application.ports import UnitOfWork
from services.notifications.application.published import as_message_view, as_resource
from services.notifications.domain.errors import MessageUnknown
from shared.contracts.notifications.rpc import GetMessage, MessageView


def get_message(request: GetMessage, *, unit_of_work: UnitOfWork) -> MessageView:
    """Where a message stands, with every attempt to send it."""
    with unit_of_work.reading() as work:
        work.permissions.knock("get_message")
        message = work.messages.get(request.message_id)
        work.permissions.require("get_message", as_resource(message), see="get_message", unknown=MessageUnknown)
        return as_message_view(message, work.attempts.of(message.id))
