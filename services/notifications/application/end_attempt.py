"""End an attempt: write down what came of it."""

from dataclasses import replace

from services.notifications.application.ports import AttemptOutcome, UnitOfWork, Work
from services.notifications.application.published import as_outcome
from services.notifications.domain.message import Message
from services.notifications.domain.outcome import Accepted, Deferred, Outcome, Rejected, Unknown
from services.notifications.domain.retrying import Patience
from shared.clock import now
from shared.errors import Stale

NAMES: dict[type[Outcome], AttemptOutcome] = {
    Accepted: "accepted",
    Rejected: "rejected",
    Deferred: "deferred",
    Unknown: "unknown",
}


def end_attempt(message: Message, outcome: Outcome, *, patience: Patience, unit_of_work: UnitOfWork) -> bool:
    """The outcome is on record and the world is told. False where somebody recorded one already: theirs stands.

    Safe to repeat. An answer that comes after the attempt was given up on still settles it, but reopens nothing.
    """
    try:
        with unit_of_work() as work:
            _end(message, outcome, patience, work)
    except Stale:
        with unit_of_work() as work:
            found = work.messages.lock(message.id)
            if found.status != "unknown" or not isinstance(outcome, Accepted | Rejected):
                return False
            _end(found, outcome, patience, work)
    return True


def _end(message: Message, outcome: Outcome, patience: Patience, work: Work) -> None:
    at = now()
    step = replace(message)  # the caller's own stays as it was, so that it can try again
    step.end(outcome, at)
    due = patience.after(step.attempts) if isinstance(outcome, Deferred) else None
    work.messages.save(step, due_in_seconds=due)
    work.attempts.end(step.id, step.attempts, NAMES[type(outcome)], outcome.detail, at)
    work.tell(*as_outcome(step))
