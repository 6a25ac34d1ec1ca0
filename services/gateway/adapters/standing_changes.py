"""Hears whose standing changed, from the store itself, and knows at every moment whether it would have heard.

An echo goes through the same queue as the news: once it is back, everything committed before it was sent was heard.
"""

import asyncio
import time
from contextlib import suppress
from typing import Final
from uuid import UUID, uuid4

import psycopg
import structlog
from prometheus_client import Counter

from services.gateway.identity.standing import CHANNEL, Watcher
from shared.persistence.engine import postgres_options

log = structlog.get_logger()
ECHO_SECONDS: Final = 0.1
TRUSTED_SECONDS: Final = 0.5
"""How old the last echo may be: a change is heard before anybody relies on not having heard it."""
CONNECT_SECONDS: Final = 3
AGAIN_SECONDS: Final = 0.25
heard = Counter("tellus_standing_changes_total", "Changes of somebody's standing heard from the store")
lost = Counter(
    "tellus_standing_lost_total", "Times that changes could not be heard, so that every request asked the store"
)


class StandingChanges:
    """Listens on a connection of its own. `run` must be running."""

    def __init__(self, database_url: str, *, statement_timeout_ms: int) -> None:
        self._address = "postgresql://" + database_url.partition("://")[2]
        self._options = f"{postgres_options(statement_timeout_ms)} -c synchronous_commit=off"
        self._echo_channel = f"gateway_echo_{uuid4().hex}"
        self._watchers: list[Watcher] = []
        self._sent: dict[str, float] = {}
        self._trusted_since = float("-inf")

    @property
    def listening(self) -> bool:
        """Whether everything that was committed up to half a second ago was heard."""
        return time.monotonic() - self._trusted_since < TRUSTED_SECONDS

    def on_change(self, watcher: Watcher) -> None:
        """From now on, tell `watcher` of every change."""
        self._watchers.append(watcher)

    async def run(self) -> None:
        """Listen for ever; where that breaks off, say that anything may have changed, and begin again."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as error:
                lost.inc()
                log.warning("standing.unheard", error=type(error).__name__)
            self._trusted_since = float("-inf")
            self._tell(None)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._address,
            autocommit=True,
            options=self._options,
            connect_timeout=CONNECT_SECONDS,
            application_name="gateway-standing",
        )
        try:
            connection.add_notify_handler(self._heard)
            await connection.execute(f'LISTEN "{CHANNEL}"'.encode())
            await connection.execute(f'LISTEN "{self._echo_channel}"'.encode())
            self._tell(None)  # what changed before is not heard any more
            while True:
                await self._echo(connection)
                await asyncio.sleep(ECHO_SECONDS)
        finally:
            self._sent.clear()
            with suppress(psycopg.Error, OSError):
                await connection.close()

    async def _echo(self, connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        # asking makes the driver read what the server has for us, the news before the echo of this very question
        said = uuid4().hex
        self._sent[said] = time.monotonic()
        async with asyncio.timeout(TRUSTED_SECONDS * 4):
            await connection.execute("SELECT pg_notify(%s, %s)", [self._echo_channel, said])

    def _heard(self, note: psycopg.Notify) -> None:
        if note.channel == self._echo_channel:
            self._trusted_since = max(self._trusted_since, self._sent.pop(note.payload, float("-inf")))
            return
        heard.inc()
        try:
            self._tell(UUID(note.payload))
        except ValueError:
            self._tell(None)

    def _tell(self, actor_id: UUID | None) -> None:
        for watcher in self._watchers:
            try:
                watcher(actor_id)
            except Exception as error:  # one that fails keeps nothing from the others
                log.exception("standing.watcher_failed", error=type(error).__name__)
