"""Give up on attempts whose sender did not come back: what came of them is unknown, and stays so."""

from collections.abc import Callable

from services.notifications.application.end_attempt import end_attempt
from services.notifications.application.ports import UnitOfWork
from services.notifications.domain.message import Message
from services.notifications.domain.outcome import Unknown
from services.notifications.domain.retrying import Patience

LOST = "sender_lost"


def give_up_attempts(limit: int, *, unit_of_work: UnitOfWork, of_message: Callable[[Message], UnitOfWork]) -> int:
    """How many messages are `unknown` now because their lease ended in the middle of an attempt."""
    with unit_of_work.reading() as work:
        found = work.messages.abandoned(limit)
    return sum(end_attempt(m, Unknown(LOST), patience=Patience(), unit_of_work=of_message(m)) for m in found)
