"""Engines: bounded pools, bounded statements, aware UTC."""

import time
from typing import Any

import orjson
import psycopg
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError

RESTED_SECONDS = 2.0


def postgres_options(statement_timeout_ms: int) -> str:
    """Server settings for one connection: nothing waits, or stays idle in a transaction, for ever."""
    return (
        f"-c statement_timeout={statement_timeout_ms} -c lock_timeout={statement_timeout_ms // 2} "
        "-c idle_in_transaction_session_timeout=15000 -c timezone=UTC"
    )


def engine_for(database_url: str, *, pool_size: int, statement_timeout_ms: int = 5_000) -> Engine:
    """An engine over psycopg 3. A caller waits at most five seconds for a connection, then gets an error."""
    url = make_url(database_url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=False,
        pool_recycle=1_800,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={
            "options": postgres_options(statement_timeout_ms),
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,
            "prepare_threshold": 3,
        },
    )
    _look_before_use(engine)
    return engine


def _look_before_use(engine: Engine) -> None:
    """A connection that lay idle is asked whether it still lives: after a restart of the server nobody meets a dead one.

    One that was in use a moment ago is not asked: that would cost every request a round trip.
    """

    @event.listens_for(engine, "checkin")
    def remember(_: Any, record: Any) -> None:
        record.info["rested_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("rested_since", time.monotonic()) < RESTED_SECONDS:
            return
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except psycopg.Error as error:
            raise DisconnectionError from error


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
