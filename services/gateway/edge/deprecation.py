"""What will go: said in the headers of every answer that still has it (RFC 9745, RFC 8594)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

Header = tuple[bytes, bytes]


@dataclass(frozen=True, kw_only=True)
class Deprecated:
    """Since when one should do without, until when it works, and where it says what to use instead."""

    since: datetime
    sunset: datetime
    link: str

    def __post_init__(self) -> None:
        if not self.since.tzinfo or not self.sunset.tzinfo or self.sunset <= self.since:
            raise ValueError("what is deprecated works for a while, between two moments with an offset")


def headers_of(deprecated: Iterable[Deprecated]) -> tuple[Header, ...]:
    """The earliest of these, as headers; none where there is nothing to say."""
    found = sorted(deprecated, key=lambda one: one.sunset)
    if not found:
        return ()
    sunset = format_datetime(found[0].sunset.astimezone(UTC), usegmt=True)
    links = ", ".join(f'<{link}>; rel="deprecation"; type="text/html"' for link in dict.fromkeys(o.link for o in found))
    return (
        (b"deprecation", f"@{int(min(one.since for one in found).timestamp())}".encode()),
        (b"sunset", sunset.encode()),
        (b"link", links.encode()),
    )
