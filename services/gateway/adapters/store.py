"""One connection to the gateway's own store, without blocking the loop: opened when needed, mended when broken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import psycopg
import structlog

from shared.errors import Unavailable
from shared.persistence.engine import postgres_options

log = structlog.get_logger()
Connection = psycopg.AsyncConnection[tuple[Any, ...]]
CONNECT_SECONDS: Final = 3
SCHEMA: Final = "0009"
"""The newest revision that this code knows; it works with newer ones."""


class StoreUnavailable(Unavailable):
    """The gateway's own store cannot be reached: nothing is shown that could not be recorded."""

    code = "store_unavailable"


class SchemaTooOld(Exception):
    """The store has not been migrated for this code."""


class Store:
    """Transactions one after another on one connection."""

    def __init__(self, database_url: str, *, statement_timeout_ms: int, seconds: float, name: str) -> None:
        self._address = "postgresql://" + database_url.partition("://")[2]
        self._options, self.name = postgres_options(statement_timeout_ms), name
        self._seconds = seconds
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Everything inside is kept, or nothing; raises StoreUnavailable where that cannot be known in time."""
        async with self.statement() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Connection]:
        """For one statement, a transaction in itself: one round trip instead of three."""
        async with self._in_turn():
            try:
                async with asyncio.timeout(self._seconds):
                    yield await self._connected()
            except (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError, OSError) as error:
                await self._forget()
                raise StoreUnavailable from error
            except BaseException:
                if self._connection is not None and self._connection.closed:
                    await self._forget()
                raise

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Nobody waits for their turn longer than for an answer: however many wait, a slow store is soon said to be away."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._turn.acquire()
        except TimeoutError as error:
            raise StoreUnavailable from error
        try:
            yield
        finally:
            self._turn.release()

    async def check(self) -> None:
        """The store answers and has the tables that this code needs; raises StoreUnavailable or SchemaTooOld."""
        async with self.transaction() as connection:
            try:
                row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
            except psycopg.errors.UndefinedTable:
                row = None
        if row is None or row[0] < SCHEMA:
            raise SchemaTooOld(f"The store of gateway is at schema {row and row[0]}, this code needs {SCHEMA}.")

    async def ask(self) -> None:
        """The store answers; raises StoreUnavailable, and the next to ask gets a new connection."""
        async with self.statement() as connection:
            await connection.execute("SELECT 1")

    async def close(self) -> None:
        """End the connection."""
        await self._forget()

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._address,
                autocommit=True,
                prepare_threshold=3,
                options=self._options,
                connect_timeout=CONNECT_SECONDS,
                application_name=self.name,
            )
        return self._connection

    async def _forget(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
