"""Tiles, bundles and proofs out of the store are those of the tree by its definition, for every size it ever had."""

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from services.audit.adapters import log_reader
from services.audit.adapters.log_reader import read, read_plainly
from services.audit.adapters.log_store import append_batch, take_over
from services.audit.domain.checking import Kind, check_log
from services.audit.domain.checkpoint import Checkpoint
from services.audit.domain.errors import LogDamaged, TileMalformed
from services.audit.domain.hashing import Frontier, root_of
from services.audit.domain.proofs import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from services.audit.domain.tiles import Bundle, Tile, completed_tiles, decode_bundle, hashes_in, tiles_of
from tests.support.audit_log import arrivals, connect, fill, plain_url, sequencer
from tests.support.servers import FreshDatabase
from tests.support.trees import defined_root, hashes, node_reader

Fresh = Callable[[str], FreshDatabase]
SIZE = 700


@pytest.fixture
def store(database: Fresh) -> FreshDatabase:
    """A log of 700 entries."""
    made = database("audit")

    async def grow() -> None:
        async with sequencer(made) as connection:
            await fill(connection, SIZE)

    asyncio.run(grow())
    return made


@pytest.fixture
def reader(store: FreshDatabase) -> psycopg.Connection[Any]:
    """The log as the service that answers questions reads it."""
    return connect(store, "audit")


def test_the_log_of_any_size_is_proven_from_its_tiles(reader: psycopg.Connection[Any]) -> None:
    leaf_hashes = hashes(read_plainly(reader, log_reader.leaves(0, SIZE)))
    defined = node_reader(leaf_hashes)
    for size in (1, 2, 255, 256, 257, 511, 512, 513, SIZE):
        root = read_plainly(reader, log_reader.root_at(size))
        assert root == defined_root(leaf_hashes[:size])
        for index in {0, size // 2, size - 1}:
            proof = read_plainly(reader, log_reader.inclusion(index, size))
            assert proof == inclusion_proof(index, size, defined)
            verify_inclusion(index=index, size=size, leaf=leaf_hashes[index], proof=proof, root=root)
        for old in {1, (size + 1) // 2, size}:
            proof = read_plainly(reader, log_reader.consistency(old, size))
            assert proof == consistency_proof(old, size, defined)
            old_root = defined_root(leaf_hashes[:old])
            verify_consistency(old_size=old, new_size=size, old_root=old_root, new_root=root, proof=proof)


def test_every_tile_and_bundle_of_the_log_is_there(reader: psycopg.Connection[Any]) -> None:
    leaves = read_plainly(reader, log_reader.leaves(0, SIZE))
    tiles = list(tiles_of(SIZE))
    data = read_plainly(reader, log_reader.tiles_data(tiles))
    lowest = [value for tile in tiles if tile.level == 0 for value in hashes_in(data[tile])]
    assert lowest == hashes(leaves)
    assert hashes_in(data[Tile(1, 0, 2)]) == [defined_root(lowest[:256]), defined_root(lowest[256:512])]
    assert {tile: read_plainly(reader, log_reader.tile_data(tile)) for tile in tiles} == data
    assert decode_bundle(read_plainly(reader, log_reader.bundle_data(Bundle(1)))) == leaves[256:512]
    assert decode_bundle(read_plainly(reader, log_reader.bundle_data(Bundle(2, 188)))) == leaves[512:]


def test_an_older_partial_tile_can_still_be_had(reader: psycopg.Connection[Any]) -> None:
    full = read_plainly(reader, log_reader.tile_data(Tile(0, 0)))
    assert read_plainly(reader, log_reader.tile_data(Tile(0, 0, 100))) == full[: 100 * 32]


def test_what_the_log_has_not_reached_is_not_made_up(reader: psycopg.Connection[Any]) -> None:
    for question in (
        log_reader.tile_data(Tile(0, 2)),
        log_reader.tile_data(Tile(0, 2, 189)),
        log_reader.tile_data(Tile(1, 0, 3)),
        log_reader.bundle_data(Bundle(2, 189)),
        log_reader.root_at(SIZE + 1),
        log_reader.inclusion(5, SIZE + 1),
    ):
        with pytest.raises((LogDamaged, TileMalformed)):
            read_plainly(reader, question)


def test_asyncio_and_plain_connections_get_the_same_answers(
    store: FreshDatabase, reader: psycopg.Connection[Any]
) -> None:
    async def ask() -> tuple[list[bytes], list[bytes]]:
        url = plain_url(store, "audit_publisher")
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            every = [leaf async for leaf in log_reader.all_leaves(connection, 0, SIZE)]
            return every, await read(connection, log_reader.inclusion(600, SIZE))

    leaves, proof = asyncio.run(ask())
    assert leaves == list(log_reader.all_leaves_plainly(reader, 0, SIZE))
    assert proof == read_plainly(reader, log_reader.inclusion(600, SIZE))


def test_a_whole_log_is_checked_from_its_store(reader: psycopg.Connection[Any]) -> None:
    state = read_plainly(reader, log_reader.state())
    verdict = check_log(
        log_reader.all_leaves_plainly(reader, 0, SIZE),
        [Checkpoint("log", SIZE, state.root)],
        recorded=log_reader.all_recorded_hashes_plainly(reader, SIZE),
    )
    assert verdict.intact
    assert verdict.confirmed == SIZE


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE entry SET leaf = leaf || ' ' WHERE idx = 300", (Kind.ENTRY_ALTERED, 300, 300)),
        ("UPDATE tile SET data = overlay(data placing '\\x00' from 1) WHERE level = 0 AND n = 1", (Kind.HASH_ALTERED, 256, 256)),
        (
            "UPDATE entry SET leaf = leaf || ' ', leaf_hash = sha256('\\x00' || leaf || ' ') WHERE idx = 600",
            (Kind.ROOT_DIFFERS, 512, 699),
        ),
    ],
)  # fmt: skip
def test_what_a_superuser_did_behind_the_triggers_is_found(
    store: FreshDatabase, reader: psycopg.Connection[Any], tampering: str, found: tuple[Kind, int, int]
) -> None:
    checkpoints = [Checkpoint("log", size, read_plainly(reader, log_reader.root_at(size))) for size in (512, SIZE)]
    with connect(store, "postgres") as superuser:
        for table in ("entry", "entry_00000", "tile"):
            superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER only_grows")
        assert superuser.execute(tampering.encode()).rowcount == 1
    verdict = check_log(
        log_reader.all_leaves_plainly(reader, 0, SIZE),
        checkpoints,
        recorded=log_reader.all_recorded_hashes_plainly(reader, SIZE),
    )
    first = verdict.findings[0]
    assert (first.kind, first.first, first.last) == found


def test_a_tile_of_the_second_level_is_kept_when_it_becomes_full(database: Fresh) -> None:
    store, before, after = database("audit"), 65_530, 65_550
    old = hashes([b"entry %d" % number for number in range(before)])
    pretend_log(store, old)

    async def grow() -> None:
        async with sequencer(store) as connection:
            await append_batch(connection, arrivals(range(1, after - before + 1)), await take_over(connection))

    asyncio.run(grow())
    with connect(store, "audit") as reader:
        leaf_hashes = old + read_plainly(reader, log_reader.leaf_hashes(before, after))
        assert read_plainly(reader, log_reader.state()).root == root_of(leaf_hashes)
        for size in (before, 65_536, after):
            assert read_plainly(reader, log_reader.root_at(size)) == root_of(leaf_hashes[:size])
        tile = hashes_in(read_plainly(reader, log_reader.tile_data(Tile(1, 0))))
        assert tile == [root_of(leaf_hashes[start : start + 256]) for start in range(0, 65_536, 256)]
        assert read_plainly(reader, log_reader.tile_data(Tile(2, 0, 1))) == root_of(leaf_hashes[:65_536])
        proof = read_plainly(reader, log_reader.consistency(before, after))
        roots = {"old_root": root_of(old), "new_root": root_of(leaf_hashes)}
        verify_consistency(old_size=before, new_size=after, proof=proof, **roots)


def pretend_log(store: FreshDatabase, leaf_hashes: list[bytes]) -> None:
    """The store is as if it had taken in entries with these hashes: its full tiles, its right edge and its state."""
    frontier = Frontier()
    frontier.extend(leaf_hashes)
    full = completed_tiles(0, [[]], leaf_hashes)
    edge = len(full) * 256
    with connect(store, "audit_owner") as owner, owner.cursor() as cursor:
        cursor.executemany("INSERT INTO tile (level, n, data, root) VALUES (%b, %b, %b, %b)", full)
        cursor.executemany(
            "INSERT INTO entry VALUES (%b, '', %b, gen_random_uuid(), '', gen_random_uuid(), now(), now(), now(), "
            "'', '', 1, '', '')",
            list(enumerate(leaf_hashes[edge:], start=edge)),
        )
        cursor.execute(
            "UPDATE log_state SET size = %b, root = %b, edge = %b", (frontier.size, frontier.root(), frontier.edge)
        )
