"""The values of XES attributes as JSON can carry them: what it cannot carry exactly stays text."""

import math
from datetime import UTC, datetime

from tellus.xes.log import Value

LONGEST = 10_000
LARGEST = 2**53 - 1


def value_of(kind: str, text: str) -> Value:
    """The value of an attribute; raises ValueError where it is none of its kind."""
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    match kind:
        case "int":
            number = int(text) if len(text) <= len(str(LARGEST)) + 1 else None
            return text if number is None or abs(number) > LARGEST else number
        case "float":
            real = float(text)
            return real if math.isfinite(real) and len(text) < len(str(LARGEST)) else text
        case "boolean":
            if text not in ("true", "false", "1", "0"):
                raise ValueError("is neither true nor false")
            return text in ("true", "1")
        case "date":
            return moment(text).isoformat()
        case _:
            return text


def moment(text: str) -> datetime:
    """A moment as xs:dateTime has it; where it says no offset, it is taken as UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("is no date and time") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
