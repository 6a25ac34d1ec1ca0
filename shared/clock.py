"""The only place that reads the clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def instant(moment: datetime) -> str:
    """`moment` as RFC 3339 in UTC with microseconds and a Z: one moment, one spelling, so that hashes agree."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
