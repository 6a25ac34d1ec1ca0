"""Begin an attempt: write the message, and commit that it is about to be sent and that an address was read."""

from dataclasses import dataclass, replace

from services.notifications.application.ports import Recipient, UnitOfWork, Work
from services.notifications.application.published import as_address_read, as_outcome
from services.notifications.domain.errors import Undeliverable
from services.notifications.domain.message import Message, Written, digest_of
from services.notifications.domain.template import Template, Text, languages_for
from shared.clock import now
from shared.errors import Stale


@dataclass(frozen=True)
class Letter:
    """A message as it is about to be handed over."""

    message: Message
    to: str
    text: Text


def begin_attempt(
    message: Message, recipient: Recipient | None, *, salt: bytes, lease_seconds: float, unit_of_work: UnitOfWork
) -> Letter | None:
    """The letter to hand over, now that the attempt is on record; None where it can never be delivered.

    Safe to repeat with the same salt, which nobody else knows: an attempt that was committed although its commit
    seemed to fail is recognised by it. Raises Stale where somebody else has the message: then nothing may be sent.
    """
    try:
        with unit_of_work() as work:
            return _begin(message, recipient, salt, lease_seconds, work)
    except Stale:
        with unit_of_work.reading() as work:
            return _begun_before(message, recipient, salt, work)


def _begin(
    message: Message, recipient: Recipient | None, salt: bytes, lease_seconds: float, work: Work
) -> Letter | None:
    step = replace(message)  # the caller's own stays as it was, should this transaction fail
    read = recipient.fields() if recipient else ()
    try:
        to, template, text = _write(message, recipient, work)
    except Undeliverable as error:
        step.fail(error.reason, now())
        work.messages.save(step)
        work.tell(*([as_address_read(step, read)] if read else []), *as_outcome(step))
        return None
    step.begin(Written.of(template, text, salt))
    work.messages.save(step, due_in_seconds=lease_seconds)
    work.attempts.begin(step.id, step.attempts, now())
    work.tell(as_address_read(step, read))
    return Letter(step, to, text)


def _begun_before(message: Message, recipient: Recipient | None, salt: bytes, work: Work) -> Letter | None:
    found = work.messages.get(message.id)
    ours = found.version == message.version + 1  # whoever took it up since would have moved it further
    if ours and found.status == "undeliverable":
        return None
    written = found.written
    if not ours or found.status != "sending" or written is None or written.salt != salt:
        raise Stale
    to, _, text = _write(message, recipient, work)
    if digest_of(text, salt) != written.digest:
        raise Stale  # the template changed in between: the next sender finds the attempt, and it is unknown
    return Letter(found, to, text)


def _write(message: Message, recipient: Recipient | None, work: Work) -> tuple[str, Template, Text]:
    if recipient is None:
        raise Undeliverable("contact_unknown")
    if recipient.email is None:
        raise Undeliverable("no_email")
    if not recipient.usable:
        raise Undeliverable("address_unusable")
    template = work.templates.best(message.template, languages_for(recipient.language))
    if template is None:
        raise Undeliverable("template_unknown")
    return recipient.email, template, template.render(message.about.values(recipient.name))
