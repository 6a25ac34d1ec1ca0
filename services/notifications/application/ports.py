"""What the use cases need from the world."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.notifications.domain.message import Message, Status
from services.notifications.domain.template import Template
from shared.authz.model import Permissions
from shared.authz.reach import Reach
from shared.contracts.base import Event

R = TypeVar("R", bound=BaseModel)
AttemptOutcome = Literal["pending", "accepted", "rejected", "deferred", "unknown"]


@dataclass(frozen=True)
class Attempt:
    """One try to hand a message to a provider."""

    number: int
    outcome: AttemptOutcome
    detail: str | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Recipient:
    """To whom a message goes, as contacts answered just now. Never stored."""

    name: str | None
    email: str | None
    language: str
    usable: bool = True
    """Whether mail could go to that address at all."""

    def fields(self) -> tuple[str, ...]:
        """What of them was read."""
        return tuple(field for field in ("name", "email", "language") if getattr(self, field))


@dataclass(frozen=True)
class Terms:
    """Which messages to look for."""

    contact_id: UUID | None = None
    case_id: UUID | None = None
    status: Status | None = None


class Templates(Protocol):
    """The templates of this store."""

    def lock(self, key: str, language: str) -> int:
        """The newest version there is (0 for none), and nobody else adds one until this transaction ends."""

    def add(self, template: Template) -> None:
        """Store a new version."""

    def get(self, key: str, language: str, version: int | None) -> Template:
        """One version, the newest for None; raises TemplateUnknown."""

    def best(self, key: str, languages: Sequence[str]) -> Template | None:
        """The newest version in the first of these languages that has one."""

    def newest(self, limit: int, after: str | None) -> tuple[Sequence[Template], str | None]:
        """A page of the newest versions, by key and language."""


class Messages(Protocol):
    """The messages of this store."""

    def add_once(self, message: Message) -> bool:
        """Store a new message, unless its cause asked for this template before."""

    def get(self, message_id: UUID) -> Message:
        """The message; raises MessageUnknown."""

    def among(self, ids: Sequence[UUID]) -> Sequence[Message]:
        """Those of these messages that there are, in any order."""

    def lock(self, message_id: UUID) -> Message:
        """The message, held until this transaction ends; raises MessageUnknown."""

    def save(self, message: Message, *, due_in_seconds: float | None = None) -> None:
        """Store one step of a message; raises Stale where somebody else took one since it was read."""

    def claim(self, limit: int, lease_seconds: float) -> Sequence[Message]:
        """Messages that are due, oldest first, each given to this caller alone until the lease ends."""

    def abandoned(self, limit: int) -> Sequence[Message]:
        """Messages whose attempt outlived its sender's lease."""

    def page(self, terms: Terms, reach: Reach, limit: int, after: str | None) -> tuple[Sequence[Message], str | None]:
        """A page of what is within reach, newest first, and the cursor of the next."""

    def count(self, reach: Reach) -> dict[Status, int]:
        """How many there are of each status within reach."""


class Attempts(Protocol):
    """The attempts of messages."""

    def begin(self, message_id: UUID, number: int, at: datetime) -> None:
        """Write down that a provider is about to be called."""

    def end(self, message_id: UUID, number: int, outcome: AttemptOutcome, detail: str, at: datetime) -> None:
        """Write down what came of it."""

    def of(self, message_id: UUID) -> Sequence[Attempt]:
        """The attempts of a message, first to last."""


class Work(Protocol):
    """One transaction."""

    @property
    def templates(self) -> Templates:
        """What we write."""

    @property
    def messages(self) -> Messages:
        """What is sent."""

    @property
    def attempts(self) -> Attempts:
        """How often it was tried."""

    @property
    def permissions(self) -> Permissions:
        """What the caller may do."""

    @property
    def cause(self) -> UUID:
        """The event being handled."""

    @property
    def traceparent(self) -> str:
        """The trace this belongs to."""

    def tell(self, *events: Event) -> None:
        """The world learns of these if the transaction commits."""

    def reply(self, view: R) -> R:
        """Keep this answer with the command."""


class UnitOfWork(Protocol):
    """Opens a transaction: commits on a clean exit, changes nothing on any error."""

    def __call__(self) -> AbstractContextManager[Work]:
        """For a change."""

    def reading(self) -> AbstractContextManager[Work]:
        """For a look."""
