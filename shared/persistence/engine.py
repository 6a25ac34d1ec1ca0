"""Engines: bounded pools, bounded statements, aware UTC."""

from typing import Any

import orjson
import psycopg
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError


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
    """A connection that the server closed while it lay in the pool is not handed out: a restart is nobody's error.

    Nothing is sent: what the server said last, its farewell or the end of the stream, is waiting to be read.
    """

    @event.listens_for(engine, "checkout")
    def look(connection: psycopg.Connection[Any], _: Any, __: Any) -> None:
        try:
            for _read in ("a farewell", "the end"):
                connection.pgconn.consume_input()
        except psycopg.Error as error:
            raise DisconnectionError from error
        if connection.closed:
            raise DisconnectionError


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
