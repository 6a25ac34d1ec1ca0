"""Letters as mail: RFC 5322 bytes in which nothing that a person wrote can become structure."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import idna

from services.notifications.application.begin_attempt import Letter
from shared.clock import now

_ATOM = re.compile(r"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+")
"""A local part without quotes: what contacts stores, and nothing that could end a header or begin a second address."""


class AddressUnusable(Exception):
    """This is no address that mail could go to."""


LONGEST_ADDRESS = 320


@dataclass(frozen=True)
class Mail:
    """What goes over the wire: the envelope and the bytes."""

    sender: str
    to: str
    content: bytes

    @property
    def international(self) -> bool:
        """Whether the provider must speak SMTPUTF8."""
        return not self.to.isascii()


@dataclass(frozen=True)
class Stationery:
    """What every letter of ours has in common."""

    sender: str
    sender_name: str
    domain: str

    def mail(self, letter: Letter) -> Mail:
        """The letter as mail; raises AddressUnusable. Its Message-ID is the message's own: any copy is known as one."""
        to = address(letter.to)
        mail = EmailMessage(policy=SMTP.clone(utf8=not to.isascii()))
        local, _, domain = self.sender.partition("@")
        mail["From"] = Address(self.sender_name, local, domain)
        mail["To"] = to
        mail["Subject"] = letter.text.subject
        mail["Date"] = format_datetime(now())
        mail["Message-ID"] = f"<{letter.message.id}@{self.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.text.body, cte="quoted-printable")
        if letter.message.written is not None:
            mail["Content-Language"] = letter.message.written.language
        return Mail(self.sender, to, mail.as_bytes())


def address(text: str) -> str:
    """The address as it travels: its domain in ASCII (IDNA 2008); raises AddressUnusable."""
    local, _, domain = text.strip().rpartition("@")
    if not _ATOM.fullmatch(local) or len(text) > LONGEST_ADDRESS:
        raise AddressUnusable
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as error:
        raise AddressUnusable from error
