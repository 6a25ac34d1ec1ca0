"""Take up messages that are due."""

from collections.abc import Sequence

from services.notifications.application.ports import UnitOfWork
from services.notifications.domain.message import Message


def claim_messages(limit: int, lease_seconds: float, *, unit_of_work: UnitOfWork) -> Sequence[Message]:
    """Messages that nobody else will touch until the lease ends. Whoever dies holding one has only delayed it."""
    with unit_of_work() as work:
        return work.messages.claim(limit, lease_seconds)
