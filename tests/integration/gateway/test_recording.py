"""Who saw what is committed to a real store before it is shown, many at a time, or it is not shown at all."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from services.gateway.adapters.access_log import AccessLog, AccessUnrecorded
from services.gateway.adapters.actors import SqlDirectory
from services.gateway.adapters.store import SCHEMA, SchemaTooOld, Store
from services.gateway.adapters.tables import metadata
from services.gateway.identity.claims import Identity
from shared.contracts.actor import Kind
from shared.contracts.gateway.events import DataAccessed
from shared.ids import new_id
from shared.persistence import migrating
from shared.persistence import outbox as facts
from tests.support.actors import staff
from tests.support.servers import FreshDatabase

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SOMEBODY = Identity(kind=Kind.STAFF, roles=("agent",), department="city", assurance="aal1", contact_id=None)
Fresh = Callable[[str], FreshDatabase]


def store_of(fresh: FreshDatabase, *, seconds: float = 2.0) -> Store:
    return Store(fresh.url, statement_timeout_ms=2_000, seconds=seconds, name="test")


def seen() -> DataAccessed:
    return DataAccessed(
        subject=new_id(), subject_version=1, operation="get_contact", purpose="test", subjects=(), fields=("name",)
    )


@asynccontextmanager
async def recording(fresh: FreshDatabase) -> AsyncIterator[AccessLog]:
    store = store_of(fresh)
    log = AccessLog(store, seconds=2.0)
    writer = asyncio.create_task(log.run())
    try:
        await until(lambda: log.working)
        yield log
    finally:
        writer.cancel()
        with suppress(asyncio.CancelledError):
            await writer
        await store.close()


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it is asked of another task
            await asyncio.sleep(0.01)


def plain(url: str) -> str:
    return url.replace("+psycopg", "")


def outbox(fresh: FreshDatabase) -> list[dict[str, object]]:
    with psycopg.connect(plain(fresh.url)) as connection:
        return [json.loads(row[0]) for row in connection.execute("SELECT body FROM outbox ORDER BY id")]


def shut(fresh: FreshDatabase) -> None:
    """Nobody gets in, and whoever is in is thrown out."""
    with psycopg.connect(
        plain(fresh.url_as("postgres")).replace(fresh.name, "postgres"), autocommit=True
    ) as connection:
        connection.execute(f"ALTER DATABASE {fresh.name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [fresh.name])


def reopen(fresh: FreshDatabase) -> None:
    with psycopg.connect(
        plain(fresh.url_as("postgres")).replace(fresh.name, "postgres"), autocommit=True
    ) as connection:
        connection.execute(f"ALTER DATABASE {fresh.name} ALLOW_CONNECTIONS true")


def test_an_access_is_in_the_store_when_recording_it_returns(database: Fresh) -> None:
    fresh = database("gateway")
    agent = staff("agent")

    async def story() -> None:
        async with recording(fresh) as log:
            await log.record(seen(), actor=agent, traceparent=TRACE)
            (event,) = await asyncio.to_thread(outbox, fresh)
            assert event["type"] == "tellus.data.accessed.v1"
            assert (event["actor"], event["department"]) == (str(agent.id), "city.permits")
            assert event["traceparent"] == TRACE

    asyncio.run(story())


def test_what_waits_together_is_committed_together(database: Fresh) -> None:
    fresh = database("gateway")
    agent = staff("agent")

    async def story() -> None:
        async with recording(fresh) as log:
            await asyncio.gather(*(log.record(seen(), actor=agent, traceparent=TRACE) for _ in range(300)))

    asyncio.run(story())
    with psycopg.connect(plain(fresh.url)) as connection:
        row = connection.execute("SELECT count(*), count(DISTINCT xmin::text) FROM outbox").fetchone()
    assert row is not None
    rows, commits = row
    assert rows == 300
    assert commits <= 10


def test_nothing_is_recorded_while_the_store_is_away_and_all_is_well_again_after(database: Fresh) -> None:
    fresh = database("gateway")
    agent = staff("agent")

    async def story() -> None:
        async with recording(fresh) as log:
            await log.record(seen(), actor=agent, traceparent=TRACE)
            await asyncio.to_thread(shut, fresh)
            with pytest.raises(AccessUnrecorded):
                await log.record(seen(), actor=agent, traceparent=TRACE)
            with pytest.raises(AccessUnrecorded):
                log.require()
            await asyncio.to_thread(reopen, fresh)
            await until(lambda: log.working)
            log.require()
            await log.record(seen(), actor=agent, traceparent=TRACE)

    asyncio.run(story())
    assert len(outbox(fresh)) == 2


def test_a_store_that_hangs_is_as_good_as_away(database: Fresh) -> None:
    fresh = database("gateway")
    agent = staff("agent")

    async def story() -> None:
        async with recording(fresh) as log:
            async with await psycopg.AsyncConnection.connect(plain(fresh.owner_url)) as rival:
                await rival.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
                with pytest.raises(AccessUnrecorded):
                    await log.record(seen(), actor=agent, traceparent=TRACE)
            await until(lambda: log.working)
            await log.record(seen(), actor=agent, traceparent=TRACE)

    asyncio.run(story())
    assert len(outbox(fresh)) == 1


def test_a_subject_is_one_actor_for_ever_and_the_world_is_told_once(database: Fresh) -> None:
    fresh = database("gateway")

    async def story() -> set[UUID | None]:
        stores = [store_of(fresh) for _ in range(5)]
        replicas = [SqlDirectory(store) for store in stores]
        ids = await asyncio.gather(
            *(
                replica.id_of("https://issuer.test", "sub-4711", SOMEBODY, traceparent=TRACE, enrol=True)
                for replica in replicas * 4
            )
        )
        other = await replicas[0].id_of("https://other.test", "sub-4711", SOMEBODY, traceparent=TRACE, enrol=True)
        for store in stores:
            await store.close()
        assert other not in ids
        return set(ids)

    (found,) = asyncio.run(story())
    first, second = outbox(fresh)
    assert first["type"] == second["type"] == "tellus.actor.enrolled.v1"
    assert first["subject"] == first["actor"] == str(found)
    assert "sub-4711" not in json.dumps([first, second])
    assert "issuer.test" not in json.dumps([first, second])


def test_the_tables_are_what_the_code_believes(database: Fresh) -> None:
    fresh = database("gateway")
    assert migrating.head("gateway") == SCHEMA
    differences = migrating_differences(fresh)
    assert differences == []


def migrating_differences(fresh: FreshDatabase) -> list[object]:
    with create_engine(fresh.url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_migrations_go_down_and_up_again(database: Fresh) -> None:
    fresh = database("gateway")
    migrating.downgrade("gateway", fresh.owner_url, "base")

    async def refused() -> None:
        store = store_of(fresh)
        with pytest.raises(SchemaTooOld):
            await store.check()
        await store.close()

    asyncio.run(refused())
    assert migrating.upgrade("gateway", fresh.owner_url) == SCHEMA


def test_an_event_too_large_for_the_log_is_our_fault_not_a_silent_loss() -> None:
    agent = staff("agent")
    event = DataAccessed(
        subject=agent.id,
        subject_version=0,
        operation="x",
        purpose="x",
        subjects=tuple(new_id() for _ in range(1_000)),
    )
    with pytest.raises(ValueError, match="facts, not content"):
        facts.fact_of(event, actor=agent.id, department="city", traceparent=TRACE)
