"""Put back a message that was taken up and cannot be sent now, for a reason that is not its own."""

from dataclasses import replace

from services.notifications.application.ports import UnitOfWork
from services.notifications.domain.message import Message
from shared.errors import Stale


def put_back(message: Message, seconds: float, *, unit_of_work: UnitOfWork) -> None:
    """The message is due again in `seconds`, unless its lease ended and somebody else has it."""
    try:
        with unit_of_work() as work:
            work.messages.save(replace(message, version=message.version + 1), due_in_seconds=seconds)
    except Stale:
        return
