"""Long work that somebody asked for, from its queue to its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.gateway.domain.job_errors import JobOver, JobUnfinished

LEASE: Final = timedelta(seconds=30)
"""How long a worker may be silent before another takes its job."""
MOST_ATTEMPTS: Final = 3
LONGEST_WAIT: Final = timedelta(minutes=15)
"""Whoever asked was somebody then; after so long they must ask again."""
KEPT: Final = timedelta(days=1)
OPEN: Final = ("queued", "running")


@dataclass
class Job:
    """One piece of work at one version."""

    id: UUID
    kind: str
    owner: UUID
    department: str
    asked_by: str
    """The actor as they were then, as JSON."""
    request: str
    """What they asked for, as JSON."""
    created_at: datetime
    expires_at: datetime
    state: str = "queued"
    items: int = 0
    attempts: int = 0
    leased_until: datetime | None = None
    content: str | None = None
    size: int | None = None
    error: str | None = None
    finished_at: datetime | None = None
    version: int = 1

    def take(self, at: datetime) -> bool:
        """A worker begins, or begins anew; False where it is too late, and the job is over."""
        if self.attempts >= MOST_ATTEMPTS or at - self.created_at > LONGEST_WAIT:
            self.fail("took_too_long", at)
            return False
        self.state, self.items = "running", 0
        self.attempts += 1
        self.leased_until = at + LEASE
        self.version += 1
        return True

    def advance(self, items: int, at: datetime) -> None:
        """So many were brought; the worker goes on."""
        self._require_running()
        self.items, self.leased_until = items, at + LEASE
        self.version += 1

    def finish(self, items: int, content: str, size: int, at: datetime) -> None:
        """All of it is there."""
        self._require_running()
        self.items, self.content, self.size = items, content, size
        self._end("done", at)

    def fail(self, error: str, at: datetime) -> None:
        """It brought nothing."""
        if self.state not in OPEN:
            raise JobOver(state=self.state)
        self.error = error
        self._end("failed", at)

    def cancel(self, at: datetime) -> None:
        """Nobody wants it any more."""
        if self.state not in OPEN:
            raise JobOver(state=self.state)
        self._end("cancelled", at)

    def result(self) -> tuple[str, int]:
        """Where the result is kept, and its size; raises JobUnfinished where there is none."""
        if self.content is None or self.size is None:
            raise JobUnfinished(state=self.state)
        return self.content, self.size

    def _require_running(self) -> None:
        if self.state != "running":
            raise JobOver(state=self.state)

    def _end(self, state: str, at: datetime) -> None:
        self.state, self.finished_at, self.leased_until = state, at, None
        self.version += 1
