"""Back off from a message whose contact cannot be read, although contacts answers: it waits, and others go on."""

from dataclasses import replace

from services.notifications.application.ports import UnitOfWork
from services.notifications.application.published import as_outcome
from services.notifications.domain.message import Message
from services.notifications.domain.retrying import Patience
from shared.clock import now
from shared.errors import Stale


def back_off(message: Message, *, tries: int, patience: Patience, unit_of_work: UnitOfWork) -> Message:
    """The message as it stands now: due later, longer each time; or undeliverable after `tries` in a row.

    Where its lease ended and somebody else has it, it stays theirs, and is answered as it was.
    """
    step = replace(message)
    step.go_unread(tries, now())
    due = patience.after(step.unread) if step.status == "queued" else None
    try:
        with unit_of_work() as work:
            work.messages.save(step, due_in_seconds=due)
            work.tell(*as_outcome(step))
    except Stale:
        return message
    return step
