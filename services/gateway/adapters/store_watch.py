"""Whether the stores answer now: asked every second, so that a broken connection is found before a request needs it."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

import structlog

from services.gateway.adapters.store import Store
from shared.errors import Unavailable

log = structlog.get_logger()
ASK_SECONDS: Final = 1.0
OLDEST_SECONDS: Final = 5.0


class StoreWatch:
    """Asks each store, and lets it mend its connection. `run` must be running."""

    def __init__(self, stores: Sequence[Store]) -> None:
        self._stores = tuple(stores)
        self._answered_at = float("-inf")

    @property
    def answering(self) -> bool:
        """Whether every store answered when it was last asked, and that was just now."""
        return time.monotonic() - self._answered_at < OLDEST_SECONDS

    async def run(self) -> None:
        """Ask, for ever."""
        while True:
            await self.ask()
            await asyncio.sleep(ASK_SECONDS)

    async def ask(self) -> None:
        """Ask every store once."""
        answers = await asyncio.gather(*(self._answers(store) for store in self._stores))
        self._answered_at = time.monotonic() if all(answers) else float("-inf")

    async def _answers(self, store: Store) -> bool:
        try:
            await store.ask()
        except Unavailable:
            try:
                await store.ask()  # only its connection may have been broken
            except Unavailable as error:
                log.warning("store.away", store=store.name, error=type(error.__cause__ or error).__name__)
                return False
        return True
