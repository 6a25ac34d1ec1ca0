"""Work that goes on beside the requests: where it ends without having done its part, the process ends, and says why."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

import structlog

log = structlog.get_logger()
Work = Mapping[str, Coroutine[Any, Any, None]]


class Background:
    """Runs each piece of work as a task of its own: what is `endless`, and what may come to its end."""

    def __init__(self, endless: Work, finite: Work) -> None:
        self._tasks = {asyncio.create_task(work, name=name): name for name, work in (*endless.items(), *finite.items())}
        self._may_finish = frozenset(finite)
        self._ending = False
        self.whole = True
        """Whether nothing ended by itself."""

    def watch(self, stop: Callable[[], None]) -> None:
        """Call `stop` when any of it ends by itself: a supervisor's new process mends more than half of an old one."""

        def ended(task: asyncio.Task[None]) -> None:
            if self._ending:
                return
            error = None if task.cancelled() else task.exception()
            if error is None and self._tasks[task] in self._may_finish:
                return
            log.error("process.task_ended", name=self._tasks[task], error=type(error).__name__, exc_info=error)
            self.whole = False
            stop()

        for task in self._tasks:
            task.add_done_callback(ended)

    async def end(self) -> None:
        """End all of it."""
        self._ending = True
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError, Exception):  # what failed has been told already
                await task
