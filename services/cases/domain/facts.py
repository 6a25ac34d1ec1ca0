"""What happens to cases and case types, as the domain says it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TypeAdded:
    """A draft version was stored."""


@dataclass(frozen=True)
class TypeActivated:
    """New cases now follow this version."""


TypeFact = TypeAdded | TypeActivated


@dataclass(frozen=True)
class Opened:
    """A case now exists; these answers came from what was known already."""

    prefilled: tuple[str, ...]
    template: str | None
    occurred_at: datetime


@dataclass(frozen=True)
class StepTaken:
    """A step was taken, and changed these answers."""

    event: str
    from_state: str
    to_state: str
    fields: tuple[str, ...]
    occurred_at: datetime


@dataclass(frozen=True)
class Decided:
    """A decision was made."""

    event: str
    outcome: str
    template: str | None
    occurred_at: datetime


CaseFact = Opened | StepTaken | Decided
