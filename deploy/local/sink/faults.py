"""What the sink does wrong on purpose, so that a test can see what a sender makes of it."""

import threading
from dataclasses import dataclass, replace

MODES = ("none", "reject", "tempfail", "drop_after_data", "slow")
DEFAULT_DELAY = 5.0
LONGEST_DELAY = 120.0
MOST_MESSAGES = 1_000_000


class FaultUnknown(ValueError):
    """The wish for a fault cannot be understood; the message says what would be."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of misbehaviour, for so many messages, or until told otherwise."""

    mode: str = "none"
    remaining: int | None = None
    seconds: float = DEFAULT_DELAY


class Faults:
    """The misbehaviour in force now; each message that meets it uses up one of its number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = Fault()

    def wish(self, wish: object) -> Fault:
        """Put `{"mode": ..., "for": ..., "seconds": ...}` in force."""
        fault = _read(wish)
        with self._lock:
            self._now = fault
        return fault

    def now(self) -> Fault:
        """What the next message will meet."""
        with self._lock:
            return self._now

    def meet(self) -> Fault:
        """What this message meets."""
        with self._lock:
            met = self._now
            if met.remaining is not None:
                left = met.remaining - 1
                self._now = replace(met, remaining=left) if left else Fault()
            return met


def _read(wish: object) -> Fault:
    if not isinstance(wish, dict) or set(wish) - {"mode", "for", "seconds"} or wish.get("mode") not in MODES:
        raise FaultUnknown(f"Send an object with `mode`, one of {', '.join(MODES)}, and perhaps `for` and `seconds`.")
    count, seconds = wish.get("for"), wish.get("seconds", DEFAULT_DELAY)
    if count is not None and (type(count) is not int or not 1 <= count <= MOST_MESSAGES):
        raise FaultUnknown(f"`for` is how many messages meet the fault: a whole number from 1 to {MOST_MESSAGES}.")
    if type(seconds) not in {int, float} or not 0 <= seconds <= LONGEST_DELAY:
        raise FaultUnknown(f"`seconds` is how long a slow answer takes: a number from 0 to {LONGEST_DELAY:.0f}.")
    return Fault() if wish["mode"] == "none" else Fault(wish["mode"], count, float(seconds))
