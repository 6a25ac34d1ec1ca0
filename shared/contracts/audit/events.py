"""What the audit service tells, of itself."""

from shared.contracts.base import Event


class GapOpened(Event, key="gap.opened.v1", source="audit"):
    """Numbers are missing from a producer's stream. Heard by audit itself, so that the hole is on record."""

    producer: str
    epoch: str
    first: int
    last: int


class GapClosed(Event, key="gap.closed.v1", source="audit"):
    """The missing numbers arrived. Heard by audit itself."""

    producer: str
    epoch: str
    first: int
    last: int


class EquivocationFound(Event, key="equivocation.found.v1", source="audit"):
    """One number of a producer's stream came with two bodies. Heard by audit itself; an alarm."""

    producer: str
    epoch: str
    sequence: int
    first_digest: str
    second_digest: str


class MessageQuarantined(Event, key="message.quarantined.v1", source="audit"):
    """Something that is no event reached the log's queue: it was parked, and its digest is on record.

    Heard by audit itself.
    """

    digest: str
    """SHA-256 of the bytes as they came."""
    size: int
    reason: str
