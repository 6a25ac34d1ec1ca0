"""What a request may carry before any rule of a case type is asked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from services.cases.domain.errors import FormFaulty, MigrationOnly
from shared.contracts.actor import Actor

DEEPEST = 12
LARGEST = 65_536
INTEGERS = range(-(2**53) + 1, 2**53)
EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
"""How far another system's clock may be ahead of ours."""


def storable(data: Mapping[str, Any]) -> None:
    """Raise FormFaulty for answers that a store could not give back as they were sent."""
    faults: set[str] = set()
    if _look(data, 0, faults) > LARGEST:
        faults.add(f"holds more than the {LARGEST} characters that one form may have: upload files apart")
    if faults:
        raise FormFaulty(errors=[{"pointer": "/data", "detail": detail} for detail in sorted(faults)])


def when(occurred_at: datetime | None, resource: str | None, actor: Actor, recorded_at: datetime) -> datetime:
    """When it happened: now, unless a migration says otherwise."""
    if (occurred_at is not None or resource is not None) and "migration" not in actor.roles:
        raise MigrationOnly
    if occurred_at is None:
        return recorded_at
    if not EARLIEST <= occurred_at <= recorded_at + AHEAD:
        raise FormFaulty(errors=[{"pointer": "/occurred_at", "detail": "must lie between the year 1800 and now"}])
    return occurred_at


def _look(value: Any, depth: int, faults: set[str]) -> int:
    """The size of a value; adds to `faults` what is wrong in it, without repeating any of it."""
    if depth > DEEPEST:
        faults.add(f"is nested more than {DEEPEST} deep")
        return 0
    match value:
        case str():
            if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
                faults.add("must not contain the NUL character or half of a surrogate pair")
            return len(value)
        case bool() | None:
            return 1
        case int() if value not in INTEGERS:
            faults.add("holds a number that not every reader would read alike: send it as text")
        case float() if not isfinite(value):
            faults.add("holds what is not a number")
        case Mapping():
            return sum(_look(name, depth, faults) + _look(item, depth + 1, faults) for name, item in value.items())
        case list() | tuple():
            return sum(_look(item, depth + 1, faults) for item in value)
    return 8
