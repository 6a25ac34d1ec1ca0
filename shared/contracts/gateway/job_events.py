"""What the gateway tells of long work: that data was gathered, how much, and for whom."""

from shared.contracts.base import Event


class JobRequested(Event, key="job.requested.v1", source="gateway"):
    """Somebody asked for long work, such as an export. Heard by audit."""

    kind: str


class JobFinished(Event, key="job.finished.v1", source="gateway"):
    """It is over. Heard by audit."""

    kind: str
    state: str
    items: int
    error: str | None = None
