"""Engines: bounded pools, bounded statements, aware UTC."""

from typing import Any

import orjson
from sqlalchemy import Engine, create_engine, make_url


def postgres_options(statement_timeout_ms: int) -> str:
    """Server settings for one connection: nothing waits, or stays idle in a transaction, for ever."""
    return (
        f"-c statement_timeout={statement_timeout_ms} -c lock_timeout={statement_timeout_ms // 2} "
        "-c idle_in_transaction_session_timeout=15000 -c timezone=UTC"
    )


def engine_for(database_url: str, *, pool_size: int, statement_timeout_ms: int = 5_000) -> Engine:
    """An engine over psycopg 3. A caller waits at most five seconds for a connection, then gets an error."""
    url = make_url(database_url).set(drivername="postgresql+psycopg")
    return create_engine(
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


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
