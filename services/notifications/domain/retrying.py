"""How long a message waits before it is tried again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """Waits that double from the first to the longest, and never end."""

    first_seconds: float = 5.0
    longest_seconds: float = 900.0

    def after(self, attempts: int) -> float:
        """Seconds to wait when `attempts` were made so far."""
        doublings = min(max(attempts - 1, 0), 32)
        return float(min(self.first_seconds * 2**doublings, self.longest_seconds))
