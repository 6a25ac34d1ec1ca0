"""A message: one outbound item to one recipient, and the steps it may take. It holds ids and codes, never people."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from services.notifications.domain.errors import StepIllegal
from services.notifications.domain.outcome import Accepted, Deferred, Outcome, Rejected, Unknown
from services.notifications.domain.template import Template, Text
from services.notifications.domain.values import in_words

Status = Literal["queued", "sending", "sent", "rejected", "unknown", "undeliverable"]
UNREADABLE = "contact_unreadable"


@dataclass(frozen=True)
class About:
    """What the message is about: all that a text may say besides the contact's name."""

    reference: str
    case_type: str
    outcome: str | None = None

    def values(self, name: str | None) -> dict[str, str | None]:
        """What to write in each placeholder."""
        return {
            "name": name,
            "reference": self.reference,
            "case_type": in_words(self.case_type),
            "outcome": in_words(self.outcome) if self.outcome else None,
        }


@dataclass(frozen=True)
class Written:
    """With what a message was written: enough to prove a text that somebody shows us, not enough to know it."""

    language: str
    version: int
    salt: bytes
    digest: str

    @classmethod
    def of(cls, template: Template, text: Text, salt: bytes) -> "Written":
        """The proof of `text`, under a salt of its own."""
        return cls(template.language, template.version, salt, digest_of(text, salt))


def digest_of(text: Text, salt: bytes) -> str:
    """HMAC-SHA-256 of subject and body."""
    return hmac.new(salt, f"{text.subject}\x00{text.body}".encode(), sha256).hexdigest()


@dataclass
class Message:
    """One message. Every step is one version, so whoever saves a step knows that nobody else took one meanwhile."""

    id: UUID
    contact_id: UUID
    case_id: UUID | None
    department: str
    template: str
    cause: UUID
    about: About
    traceparent: str
    created_at: datetime
    status: Status = "queued"
    reason: str | None = None
    attempts: int = 0
    unread: int = 0
    """How often in a row its contact could not be read."""
    written: Written | None = None
    finished_at: datetime | None = None
    version: int = 1

    def begin(self, written: Written) -> None:
        """An attempt begins: from here on, only a provider's clear no lets it be tried again."""
        self._from("queued")
        self.attempts += 1
        self.unread = 0
        self.written = written
        self.status = "sending"

    def fail(self, reason: str, at: datetime) -> None:
        """It can never be sent."""
        self._from("queued")
        self._finish("undeliverable", reason, at)

    def go_unread(self, tries: int, at: datetime) -> None:
        """Its contact could not be read; after so many tries in a row it can never be sent."""
        self._from("queued")
        self.unread += 1
        if self.unread >= tries:
            self._finish("undeliverable", UNREADABLE, at)

    def end(self, outcome: Outcome, at: datetime) -> None:
        """The attempt ended. An answer that arrives after all settles what was unknown; it never reopens it."""
        match outcome:
            case Accepted():
                self._from("sending", "unknown")
                self._finish("sent", None, at)
            case Rejected(detail):
                self._from("sending", "unknown")
                self._finish("rejected", detail, at)
            case Unknown(detail):
                self._from("sending")
                self._finish("unknown", detail, at)
            case Deferred():
                self._from("sending")
                self.status = "queued"

    def _from(self, *statuses: Status) -> None:
        if self.status not in statuses:
            raise StepIllegal(status=self.status)
        self.version += 1

    def _finish(self, status: Status, reason: str | None, at: datetime) -> None:
        self.status, self.reason, self.finished_at = status, reason, at
