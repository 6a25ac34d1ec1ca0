"""What an event log holds: traces of events, or what kept a trace from being read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Value = str | int | float | bool


@dataclass(frozen=True)
class Happening:
    """One event: what was done, by whom, when."""

    activity: str
    at: datetime
    resource: str | None = None
    line: int = 0


@dataclass(frozen=True)
class Trace:
    """One case: its name, what is said of it, and its events in order."""

    name: str
    happenings: tuple[Happening, ...]
    attributes: Mapping[str, Value] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True)
class Unreadable:
    """A trace, or the rest of a file, that cannot be read: where, and why."""

    line: int
    reason: str
    rest: bool = False
    """Nothing after this line can be read either."""

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
