"""A batch of events is in the log exactly once, in order, chained, or nothing of it is."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from psycopg import AsyncConnection, Connection, DataError, OperationalError

from services.audit.adapters.arrivals import Appended, LogState, Objection
from services.audit.adapters.log_reader import leaf_hashes, leaves, read, read_plainly, state
from services.audit.adapters.log_store import append_batch, take_over
from services.audit.adapters.stream_store import streams
from services.audit.domain.entry import Link, read_leaf
from services.audit.domain.errors import FenceStale
from services.audit.domain.hashing import EMPTY_ROOT, leaf_hash
from tests.support.audit_log import arrival, arrivals, connect, sequencer
from tests.support.servers import FreshDatabase
from tests.support.trees import defined_root, hashes

Fresh = Callable[[str], FreshDatabase]
CASE, CONTACT = str(UUID(int=1)), str(UUID(int=2))


@pytest.fixture
def log(database: Fresh) -> Callable[[Callable[[AsyncConnection[Any], int], Coroutine[Any, Any, None]]], None]:
    """Runs what it is given over a new log, as its only sequencer."""
    store = database("audit")

    def run(story: Callable[[AsyncConnection[Any], int], Coroutine[Any, Any, None]]) -> None:
        async def told() -> None:
            async with sequencer(store) as connection:
                await story(connection, await take_over(connection))

        asyncio.run(told())

    return run


Log = Callable[[Callable[[AsyncConnection[Any], int], Coroutine[Any, Any, None]]], None]


async def whole_log(connection: AsyncConnection[Any]) -> tuple[LogState, list[bytes]]:
    now = await read(connection, state())
    return now, await read(connection, leaves(0, now.size))


def test_a_new_log_is_empty(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        assert await read(connection, state()) == LogState(0, EMPTY_ROOT, (), fence)

    log(story)


def test_events_become_entries_in_the_order_they_came(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        batch = arrivals(range(1, 4))
        done = await append_batch(connection, batch, fence)
        now, kept = await whole_log(connection)
        assert [read_leaf(leaf).event for leaf in kept] == [one.body for one in batch]
        assert done == Appended(0, 3, defined_root(hashes(kept)), 0, ())
        assert (now.size, now.root) == (3, done.root)
        assert await read(connection, leaf_hashes(0, 3)) == [leaf_hash(leaf) for leaf in kept]

    log(story)


def test_every_subject_has_a_chain_through_its_entries(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        about_both = {"case_id": CASE, "contact_id": CONTACT}
        await append_batch(connection, arrivals([1, 2], subject=CASE, data=about_both), fence)
        await append_batch(connection, arrivals([3], subject=CASE), fence)
        await append_batch(connection, arrivals([4], subject=CASE, data=about_both), fence)
        _, kept = await whole_log(connection)
        links = [read_leaf(leaf).links for leaf in kept]
        assert links == [
            (Link(CASE, 1, None), Link(CONTACT, 1, None)),
            (Link(CASE, 2, 0), Link(CONTACT, 2, 0)),
            (Link(CASE, 3, 1),),
            (Link(CASE, 4, 2), Link(CONTACT, 3, 1)),
        ]
        cursor = await connection.execute("SELECT subject::text, sequence, idx FROM entry_subject ORDER BY 1, 2")
        assert await cursor.fetchall() == [
            (CASE, 1, 0), (CASE, 2, 1), (CASE, 3, 2), (CASE, 4, 3), (CONTACT, 1, 0), (CONTACT, 2, 1), (CONTACT, 3, 3),
        ]  # fmt: skip

    log(story)


def test_an_event_delivered_again_changes_nothing(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        batch = arrivals(range(1, 6))
        first = await append_batch(connection, batch, fence)
        again = await append_batch(connection, batch[2:], fence)
        within = await append_batch(connection, [*arrivals([6]) * 2, batch[0]], fence)
        assert again == Appended(5, 5, first.root, 3, ())
        assert (within.added, within.repeated, within.size) == (1, 2, 6)

    log(story)


def test_a_second_body_for_a_number_is_refused_and_named(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        original, other = arrivals([1]) + arrivals([1])
        await append_batch(connection, [original], fence)
        done = await append_batch(connection, [other, *arrivals([2])], fence)
        within = arrivals([3]) + arrivals([3])
        at_once = await append_batch(connection, within, fence)
        assert [(one.objection, one.index, one.arrival) for one in done.refused + at_once.refused] == [
            (Objection.OTHER_BODY, 0, other),
            (Objection.OTHER_BODY, 2, within[1]),
        ]
        assert done.refused[0].recorded_hash != done.refused[0].received_hash
        _, kept = await whole_log(connection)
        assert [read_leaf(leaf).event for leaf in kept][0::2] == [original.body, within[0].body]

    log(story)


def test_an_id_that_is_on_record_under_another_number_is_refused_and_named(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        known = str(UUID(int=77))
        await append_batch(connection, arrivals([1], id=known), fence)
        done = await append_batch(connection, [*arrivals([2]), *arrivals([3], id=known), *arrivals([4])], fence)
        assert [(one.objection, one.index) for one in done.refused] == [(Objection.OTHER_NUMBER, 0)]
        assert (done.added, done.size) == (2, 3)
        (stream,) = await read(connection, streams())
        assert stream.missing == ((3, 3),)

    log(story)


def test_a_sequencer_that_was_replaced_writes_nothing(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        assert await take_over(connection) == fence + 1
        before = await read(connection, state())
        with pytest.raises(FenceStale):
            await append_batch(connection, arrivals([1]), fence)
        assert await read(connection, state()) == before
        assert (await append_batch(connection, arrivals([1]), fence + 1)).added == 1

    log(story)


def test_of_two_sequencers_at_once_only_the_newer_writes(database: Fresh) -> None:
    store = database("audit")

    async def story() -> None:
        async with sequencer(store) as older, sequencer(store) as newer:
            stale = await take_over(older)
            fence = await take_over(newer)
            outcomes = await asyncio.gather(
                append_batch(older, arrivals(range(1, 200)), stale),
                append_batch(newer, arrivals(range(1, 200)), fence),
                return_exceptions=True,
            )
            assert isinstance(outcomes[0], FenceStale)
            assert isinstance(outcomes[1], Appended)
            assert (await read(older, state())).size == 199

    asyncio.run(story())


def test_a_batch_that_cannot_be_stored_leaves_no_trace(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        await append_batch(connection, arrivals([1]), fence)
        before = await whole_log(connection)
        bad = arrival(sequence=3)
        unstorable = replace(bad, event=replace(bad.event, actor="nul\x00"))
        with pytest.raises(DataError):
            await append_batch(connection, [*arrivals([2]), unstorable], fence)
        assert await whole_log(connection) == before
        for table in ("entry_key", "entry_subject", "subject_head"):
            cursor = await connection.execute(f"SELECT max(idx) FROM {table}")
            assert await cursor.fetchone() == (0,)
        assert (await append_batch(connection, arrivals([2, 3]), fence)).size == 3

    log(story)


def test_a_batch_may_be_part_of_a_larger_transaction(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        async def fail_afterwards() -> None:
            async with connection.transaction():
                assert (await append_batch(connection, arrivals([1]), fence)).size == 1
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail_afterwards()
        assert (await read(connection, state())).size == 0

    log(story)


def test_an_empty_batch_is_no_change(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        assert await append_batch(connection, [], fence) == Appended(0, 0, EMPTY_ROOT, 0, ())

    log(story)


def test_whatever_the_batches_and_repeats_each_event_is_in_the_log_once(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], fence: int) -> None:
        chance = random.Random(20261105)
        sent = [
            arrival(producer=producer, sequence=sequence, subject=str(UUID(int=chance.randrange(1, 6))))
            for producer in ("cases", "contacts", "gateway")
            for sequence in range(1, 401)
        ]
        deliveries = sent + chance.sample(sent, 500)
        chance.shuffle(deliveries)
        while deliveries:
            taken = chance.randrange(1, 300)
            await append_batch(connection, deliveries[:taken], fence)
            deliveries = deliveries[taken:]
        now, kept = await whole_log(connection)
        assert sorted(read_leaf(leaf).event for leaf in kept) == sorted(one.body for one in sent)
        assert now.root == defined_root(hashes(kept))
        seen: dict[str, tuple[int, int]] = {}
        for index, leaf in enumerate(kept):
            for link in read_leaf(leaf).links:
                assert (link.sequence - 1, link.previous) == seen.get(link.subject, (0, None))
                seen[link.subject] = (link.sequence, index)
        assert [
            (one.next_sequence, one.highest_sequence, one.missing) for one in await read(connection, streams())
        ] == [(401, 400, ())] * 3

    log(story)


def test_room_is_made_ahead_of_the_log_and_never_far(log: Log) -> None:
    async def story(connection: AsyncConnection[Any], _: int) -> None:
        for _ in range(3):
            cursor = await connection.execute("SELECT make_room_for_entries()")
            assert await cursor.fetchone() == (3 << 22,)

    log(story)


def test_connections_cut_at_any_moment_lose_nothing_and_double_nothing(database: Fresh) -> None:
    store = database("audit")
    sent = arrivals(range(1, 3001))

    async def story() -> int:
        cuts, acknowledged = 0, 0
        with connect(store, "postgres") as superuser:
            while acknowledged < len(sent):
                try:
                    async with sequencer(store) as connection:
                        cutting = asyncio.create_task(
                            cut(superuser, connection.info.backend_pid, after=0.02 + cuts / 200)
                        )
                        fence = await take_over(connection)
                        # What was not acknowledged is delivered again, whether or not it was committed.
                        for start in range(acknowledged, len(sent), 100):
                            await append_batch(connection, sent[start : start + 100], fence)
                            acknowledged = start + 100
                        await cutting
                except OperationalError:
                    cuts += 1
                    acknowledged = max(0, acknowledged - 100)
        return cuts

    assert asyncio.run(story()) > 1
    with connect(store, "audit") as reader:
        kept = read_plainly(reader, leaves(0, len(sent)))
        now = read_plainly(reader, state())
    assert [read_leaf(leaf).event for leaf in kept] == [one.body for one in sent]
    assert (now.size, now.root) == (len(sent), defined_root(hashes(kept)))


async def cut(superuser: Connection[Any], pid: int, *, after: float) -> None:
    await asyncio.sleep(after)
    superuser.execute("SELECT pg_terminate_backend(%s)", [pid])
