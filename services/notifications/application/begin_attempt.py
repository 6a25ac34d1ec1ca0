"""Begin an attempt: write the message, and commit that it is about to be sent and that an address was read."""

from dataclasses import dataclass, replace

from services.notifications.application.ports import Recipient, UnitOfWork, Work
from services.notifications.application.published import as_address_read, as_outcome
from services.notifications.domain.errors import Undeliverable
from services.notifications.domain.message import Message, Written
from services.notifications.domain.template import Text, languages_for
from shared.clock import now


@dataclass(frozen=True)
class Letter:
    """A message as it is about to be handed over."""

    message: Message
    to: str
    text: Text


def begin_attempt(
    message: Message, recipient: Recipient | None, *, lease_seconds: float, unit_of_work: UnitOfWork
) -> Letter | None:
    """The letter to hand over, now that the attempt is on record; None where it can never be delivered.

    Raises Stale where the lease ended and somebody else has the message: then nothing may be sent.
    """
    with unit_of_work() as work:
        step = replace(message)  # the caller's own stays as it was, should this transaction fail
        read = recipient.fields() if recipient else ()
        try:
            letter = _write(step, recipient, work)
        except Undeliverable as error:
            step.fail(error.reason, now())
            work.messages.save(step)
            work.tell(*([as_address_read(step, read)] if read else []), *as_outcome(step))
            return None
        work.messages.save(step, due_in_seconds=lease_seconds)
        work.attempts.begin(step.id, step.attempts, now())
        work.tell(as_address_read(step, read))
        return letter


def _write(message: Message, recipient: Recipient | None, work: Work) -> Letter:
    if recipient is None:
        raise Undeliverable("contact_unknown")
    if recipient.email is None:
        raise Undeliverable("no_email")
    if not recipient.usable:
        raise Undeliverable("address_unusable")
    template = work.templates.best(message.template, languages_for(recipient.language))
    if template is None:
        raise Undeliverable("template_unknown")
    text = template.render(message.about.values(recipient.name))
    message.begin(Written.of(template, text))
    return Letter(message, recipient.email, text)
