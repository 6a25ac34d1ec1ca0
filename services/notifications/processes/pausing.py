"""Waiting for what is down: longer each time, never too long, over as soon as it answers."""

import time
from dataclasses import dataclass, field

import structlog

from services.notifications.adapters import metrics

FIRST_SECONDS, LONGEST_SECONDS = 0.5, 10.0
log = structlog.get_logger()


@dataclass
class Pause:
    """Until when to leave each dependency in peace."""

    _until: dict[str, float] = field(default_factory=dict)
    _length: dict[str, float] = field(default_factory=dict)

    def failed(self, dependency: str) -> float:
        """It did not answer; seconds until it is worth asking again. Failures in one pause count once."""
        now = time.monotonic()
        if self._until.get(dependency, 0.0) <= now:
            length = min(self._length.get(dependency, FIRST_SECONDS / 2) * 2, LONGEST_SECONDS)
            self._length[dependency], self._until[dependency] = length, now + length
            metrics.waits.labels(dependency).inc()
            log.warning("sender.waiting", name=dependency, retry_in_seconds=length)
        return self._until[dependency] - now

    def answered(self, dependency: str) -> None:
        """It is there."""
        if self._length.pop(dependency, None) is not None:
            self._until.pop(dependency, None)
            log.info("sender.resumed", name=dependency)

    def remaining(self) -> float:
        """Seconds until everything is worth asking again; 0 where nothing is known to be down."""
        return max((until - time.monotonic() for until in self._until.values()), default=0.0)
