"""A stream's holes are known from the moment they show until the last missing number has arrived."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from services.audit.adapters.arrivals import Stream
from services.audit.adapters.checkpoint_store import add_checkpoint, all_checkpoints, covering, newest
from services.audit.adapters.log_reader import read, read_plainly, root_at
from services.audit.adapters.log_store import append_batch, take_over
from services.audit.adapters.stream_store import confirmed, open_gaps, record_gaps, record_heartbeat, streams
from services.audit.domain.checkpoint import Checkpoint
from services.audit.domain.gaps import Interval, judge
from tests.support.audit_log import arrivals, connect, fill, plain_url, sequencer
from tests.support.servers import FreshDatabase

Fresh = Callable[[str], FreshDatabase]
NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


async def only_stream(connection: psycopg.AsyncConnection[Any]) -> Stream:
    (stream,) = await read(connection, streams())
    return stream


def test_holes_show_and_fill(database: Fresh) -> None:
    async def story() -> None:
        async with sequencer(database("audit")) as connection:
            fence = await take_over(connection)
            await append_batch(connection, arrivals([1, 2, 5]), fence)
            assert ((await only_stream(connection)).next_sequence, (await only_stream(connection)).missing) == (
                3,
                ((3, 4),),
            )
            await append_batch(connection, arrivals([9, 4]), fence)
            assert ((await only_stream(connection)).next_sequence, (await only_stream(connection)).missing) == (
                3,
                ((3, 3), (6, 8)),
            )
            await append_batch(connection, arrivals([8, 3, 6, 7]), fence)
            full = await only_stream(connection)
            assert (full.next_sequence, full.highest_sequence, full.missing) == (10, 9, ())

    asyncio.run(story())


def test_a_stream_that_does_not_begin_at_one_misses_its_beginning(database: Fresh) -> None:
    async def story() -> None:
        async with sequencer(database("audit")) as connection:
            await append_batch(connection, arrivals([3]), await take_over(connection))
            stream = await only_stream(connection)
            assert (stream.next_sequence, stream.missing) == (1, ((1, 2),))

    asyncio.run(story())


def test_a_heartbeat_shows_that_the_last_events_are_lost(database: Fresh) -> None:
    async def story() -> None:
        async with sequencer(database("audit")) as connection:
            await append_batch(connection, arrivals([1, 2]), await take_over(connection))
            await record_heartbeat(connection, producer="cases", epoch="e1", head=4, at=NOON)
            await record_heartbeat(connection, producer="cases", epoch="e1", head=3, at=NOON - timedelta(seconds=9))
            stream = await only_stream(connection)
            assert (stream.missing, stream.head_sequence, stream.last_heartbeat_at) == (((3, 4),), 4, NOON)
            await record_heartbeat(connection, producer="silent", epoch="e9", head=2, at=NOON)
            _, silent = await read(connection, streams())
            assert (silent.next_sequence, silent.missing) == (1, ((1, 2),))

    asyncio.run(story())


def test_a_gap_is_put_on_record_and_closed(database: Fresh) -> None:
    async def story() -> None:
        async with sequencer(database("audit")) as connection:
            fence = await take_over(connection)
            await append_batch(connection, arrivals([1, 4]), fence)
            missing = (await only_stream(connection)).missing
            opened = judge(missing=missing, open_gaps=[], suspected=[], now=NOON, grace=timedelta(0))
            await record_gaps(connection, producer="cases", epoch="e1", judgement=opened, at=NOON)
            assert await read(connection, open_gaps("cases", "e1")) == [Interval(2, 3)]
            await append_batch(connection, arrivals([2, 3]), fence)
            known = await read(connection, open_gaps("cases", "e1"))
            closed = judge(missing=(await only_stream(connection)).missing, open_gaps=known, suspected=[], now=NOON)
            await record_gaps(connection, producer="cases", epoch="e1", judgement=closed, at=NOON)
            assert await read(connection, open_gaps("cases", "e1")) == []
            cursor = await connection.execute("SELECT first_sequence, last_sequence, opened_at, closed_at FROM gap")
            assert await cursor.fetchall() == [(2, 3, NOON, NOON)]

    asyncio.run(story())


def test_a_producer_may_forget_what_a_checkpoint_covers(database: Fresh) -> None:
    store = database("audit")

    async def story() -> None:
        publisher_url = plain_url(store, "audit_publisher")
        async with (
            sequencer(store) as connection,
            await psycopg.AsyncConnection.connect(publisher_url, autocommit=True) as publisher,
        ):
            await fill(connection, 10)
            known = await read(connection, streams())
            assert await read(connection, confirmed(known)) == {("cases", "e1"): 0}
            for size in (4, 7):
                checkpoint = Checkpoint("log", size, await read(publisher, root_at(size)))
                await add_checkpoint(publisher, checkpoint, b"note %d\n" % size, signed_at=NOON)
                await add_checkpoint(publisher, checkpoint, b"again\n", signed_at=NOON)
            assert await read(connection, confirmed(known)) == {("cases", "e1"): 7}

    asyncio.run(story())
    with connect(store, "audit") as reader:
        found = read_plainly(reader, newest())
        assert found is not None
        assert (found.size, found.note, found.signed_at) == (7, b"note 7\n", NOON)
        assert found.root == read_plainly(reader, root_at(7))
        assert [one.size for one in read_plainly(reader, all_checkpoints())] == [4, 7]
        assert [getattr(read_plainly(reader, covering(size)), "size", None) for size in (4, 5, 8)] == [4, 7, None]


def test_a_producer_may_not_forget_beyond_a_hole(database: Fresh) -> None:
    store = database("audit")

    async def story() -> None:
        async with sequencer(store) as connection:
            await append_batch(connection, arrivals([1, 2, 4]), await take_over(connection))
            with connect(store, "audit_publisher") as publisher:
                publisher.execute("INSERT INTO checkpoint VALUES (3, %s, 'note', now())", [bytes(32)])
            assert await read(connection, confirmed(await read(connection, streams()))) == {("cases", "e1"): 2}

    asyncio.run(story())
