"""Count messages."""

from typing import get_args

from services.notifications.application.ports import UnitOfWork
from services.notifications.application.seeing import counted_by
from services.notifications.domain.message import Status
from shared.contracts.notifications.rpc import CountMessages, MessageCounts


def count_messages(request: CountMessages, *, unit_of_work: UnitOfWork) -> MessageCounts:
    """How many messages stand where. Every message is in exactly one place, so they add up to what is due."""
    with unit_of_work.reading() as work:
        work.permissions.require(request.method)
        found = work.messages.count(counted_by(work.permissions.actor))
        numbers = {status: found.get(status, 0) for status in get_args(Status)}
        return MessageCounts(due=sum(numbers.values()), **numbers)
