"""A pool hands out connections that live, and asks nobody for a round trip to know."""

from collections.abc import Callable

import psycopg
from sqlalchemy import text

from shared.persistence.engine import engine_for
from tests.support.servers import FreshDatabase


def test_a_connection_that_the_server_closed_is_replaced_before_anybody_notices(
    database: Callable[[str], FreshDatabase],
) -> None:
    store = database("contacts")
    engine = engine_for(store.url, pool_size=3)
    held = [engine.connect() for _ in range(3)]
    before = {connection.execute(text("SELECT pg_backend_pid()")).scalar() for connection in held}
    for connection in held:
        connection.close()
    with psycopg.connect(store.url_as("postgres").replace("+psycopg", ""), autocommit=True) as superuser:
        superuser.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid", [list(before)])
    after = set()
    held = [engine.connect() for _ in range(3)]
    for connection in held:
        after.add(connection.execute(text("SELECT pg_backend_pid()")).scalar())
        connection.close()
    assert len(after) == 3
    assert not after & before
    engine.dispose()
