"""Two replicas over one store: one quota, at most a lease each beyond it, and each its share while the store is away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import psycopg

from services.gateway.adapters.quotas import SqlQuotas
from services.gateway.adapters.store import Store
from services.gateway.limits.limiter import Limiter
from services.gateway.quotas import AllQuotas, Quotas
from tests.support.servers import FreshDatabase

Fresh = Callable[[str], FreshDatabase]
QUOTAS = AllQuotas(staff=Quotas(read=400), seconds=600)


@asynccontextmanager
async def replica(fresh: FreshDatabase, quotas: AllQuotas = QUOTAS) -> AsyncIterator[Limiter]:
    store = Store(fresh.url, statement_timeout_ms=2_000, seconds=2.0, name="test")
    limiter = Limiter(quotas, SqlQuotas(store))
    task = asyncio.create_task(limiter.run())
    try:
        async with asyncio.timeout(5):
            while not limiter.working:  # noqa: ASYNC110 - it is asked of another task
                await asyncio.sleep(0.01)
        yield limiter
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await store.close()


async def given(limiter: Limiter, times: int, clients: int = 1) -> int:
    return sum([(await limiter.take(f"{n}", "staff", "read")).allowed for _ in range(times) for n in range(clients)])


def test_two_replicas_give_out_one_quota(database: Fresh) -> None:
    fresh = database("gateway")

    async def ask() -> int:
        async with replica(fresh) as one, replica(fresh) as other:
            return sum(await asyncio.gather(given(one, 500), given(other, 500)))

    assert 400 <= asyncio.run(ask()) <= 400 + 2 * (400 // 20) + 2


def test_many_clients_of_two_replicas_never_wait_for_each_other(database: Fresh) -> None:
    fresh = database("gateway")
    quotas = AllQuotas(staff=Quotas(read=10), seconds=600)

    async def ask() -> int:
        async with replica(fresh, quotas) as one, replica(fresh, quotas) as other:
            async with asyncio.timeout(30):
                return sum(await asyncio.gather(given(one, 12, 40), given(other, 12, 40)))

    assert 40 * 10 <= asyncio.run(ask()) <= 40 * 12


def test_a_new_replica_learns_what_was_used_before_it(database: Fresh) -> None:
    fresh = database("gateway")

    async def ask() -> int:
        async with replica(fresh) as one:
            await given(one, 400)
            await asyncio.sleep(0.5)
        async with replica(fresh) as fresh_one:
            return await given(fresh_one, 400)

    assert asyncio.run(ask()) <= 400 // 20 + 2


def test_what_was_given_back_is_forgotten(database: Fresh) -> None:
    fresh = database("gateway")

    async def ask() -> None:
        store = Store(fresh.url, statement_timeout_ms=2_000, seconds=2.0, name="test")
        quotas = SqlQuotas(store)
        await quotas.draw({("a", "read"): 0.01, ("b", "read"): 600.0})
        await asyncio.sleep(0.05)
        await quotas.forget()
        await store.close()

    asyncio.run(ask())

    with psycopg.connect(fresh.url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT client FROM quota").fetchall() == [("b",)]
