"""Connections for asyncio processes: one way to open them, so that none of them can wait for ever."""

import asyncio
from typing import Any

import psycopg
from psycopg import AsyncConnection


async def open_connection(database_url: str, *, statement_timeout_ms: int = 15_000) -> AsyncConnection[Any]:
    """A connection that commits each statement by itself, or each transaction that is opened by name.

    A server that falls silent is noticed within ten seconds: a statement's own time-out is the server's to keep.
    """
    return await psycopg.AsyncConnection.connect(
        database_url.replace("postgresql+psycopg://", "postgresql://"),
        autocommit=True,
        connect_timeout=5,
        tcp_user_timeout=10_000,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        options=f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC",
    )


async def try_lock(connection: AsyncConnection[Any], lock: int) -> bool:
    """Whether this connection now holds the advisory lock, until it closes."""
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (lock,))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def wait_for_lock(connection: AsyncConnection[Any], lock: int, *, seconds: float = 1.0) -> None:
    """Stand by until the advisory lock is ours, asking again every so many seconds."""
    while not await try_lock(connection, lock):  # noqa: ASYNC110 - who holds it is another process
        await asyncio.sleep(seconds)
