"""The call in hand: who asks, which command it is, which trace it belongs to. What a unit of work needs to know."""

from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from shared.contracts.actor import Actor
from shared.ids import new_id


@dataclass(frozen=True)
class Call:
    """One request being served, or one message being handled."""

    actor: Actor
    operation: str
    traceparent: str
    command_id: UUID | None = None
    """Set for a write: the same command is done once, and answered alike every time."""
    fingerprint: bytes = b""
    """SHA-256 of the request, so that one command id is never used for two requests."""
    message_id: UUID | None = None
    """Set for a message: handled once."""
    token: str = field(default="", repr=False)
    """The transaction token, to be passed on."""
    deadline: float = 0.0
    """Seconds since the epoch after which nobody waits for the answer; 0 where nobody waits."""


class AlreadyDone(Exception):
    """This command was done before: here is its answer."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        super().__init__("this command was done before")


class AlreadyHandled(Exception):
    """This message was handled before: there is nothing to do."""


def fingerprint(canonical_request: bytes) -> bytes:
    """What tells two requests apart."""
    return sha256(canonical_request).digest()


def new_traceparent() -> str:
    """A W3C traceparent for work that nobody's trace began."""
    trace = new_id().hex
    return f"00-{trace}-{new_id().hex[16:]}-01"
