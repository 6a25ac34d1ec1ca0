"""The sink as a mail server: takes everything, relays nothing, fails as asked."""

import asyncio

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.sink.faults import Faults
from deploy.local.sink.mailbox import Mailbox
from deploy.local.sink.message import Received, read_mail
from shared import clock

SLOWEST_CALLER = 60.0
REFUSED = "550 5.7.1 Refused by the sink, as a test asked"
LATER = "451 4.3.0 Try again later: the sink fails for now, as a test asked"

log = structlog.get_logger("sink")


class Letterbox:
    """What happens to a mail once it has come in whole."""

    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        self._mailbox = mailbox
        self._faults = faults

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Keep the mail, then answer; unless a fault is in force."""
        fault = self._faults.meet()
        if fault.mode == "reject":
            return REFUSED
        if fault.mode == "tempfail":
            return LATER
        number = self._mailbox.keep(_received(envelope))
        log.info("kept", kind="email", id=number, fault=fault.mode)
        if fault.mode == "drop_after_data" and isinstance(server.transport, asyncio.WriteTransport):
            # The mail is kept and the sender will never hear of it: the outcome is unknown to them.
            server.transport.abort()
        if fault.mode == "slow":
            await asyncio.sleep(fault.seconds)
        return f"250 2.0.0 Kept as {number}"


def make_smtp(letterbox: Letterbox, *, largest_message: int) -> SMTP:
    """One conversation with one sender."""
    return SMTP(
        letterbox,
        data_size_limit=largest_message,
        enable_SMTPUTF8=True,
        decode_data=False,
        hostname="localhost",
        ident="Tellus sink",
        timeout=SLOWEST_CALLER,
    )


def _received(envelope: Envelope) -> Received:
    raw = envelope.content if isinstance(envelope.content, bytes) else b""
    return read_mail(
        raw,
        sender=envelope.mail_from or "",
        recipients=tuple(envelope.rcpt_tos),
        received_at=clock.instant(clock.now()),
    )
