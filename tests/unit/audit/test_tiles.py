"""Tiles, bundles and their paths agree with C2SP tlog-tiles, down to the byte."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.domain.errors import TileMalformed
from services.audit.domain.hashing import root_of
from services.audit.domain.proofs import (
    Span,
    consistency_proof,
    consistency_spans,
    inclusion_proof,
    inclusion_spans,
    nodes_of,
    perfect_nodes,
    root_at,
)
from services.audit.domain.tiles import (
    Bundle,
    FullTile,
    Tile,
    TileReader,
    bundles_of,
    completed_tiles,
    decode_bundle,
    encode_bundle,
    hashes_in,
    levels_completed,
    parse_path,
    partial_width,
    tile_holding,
    tiles_holding,
    tiles_of,
)
from tests.support.trees import defined_root, hashes

SIZE = 70_000
LEAVES = [str(number).encode() for number in range(SIZE)]


def all_tiles(leaf_hashes: list[bytes]) -> dict[Tile, bytes]:
    level_hashes, tiles = leaf_hashes, {}
    for tile in tiles_of(len(leaf_hashes)):
        if tile.level and tile.number == 0:
            full = len(level_hashes) // 256
            level_hashes = [root_of(level_hashes[number * 256 : number * 256 + 256]) for number in range(full)]
        tiles[tile] = b"".join(level_hashes[tile.number * 256 : tile.number * 256 + tile.width])
    return tiles


@pytest.fixture(scope="module")
def tiles() -> dict[Tile, bytes]:
    return all_tiles(hashes(LEAVES))


@pytest.mark.parametrize(
    ("tile", "path", "expected"),
    [
        (Tile(0, 272), "tile/0/272", "c2f1c18b351a6cde9fbab7bd56276cb209b7dabaf10512b6fc863db3ef9a76b2"),
        (Tile(0, 273, 112), "tile/0/273.p/112", "4d21244557c976993a9a89bf928a46b5a876585228df279878239fd84489e5a5"),
        (Tile(1, 0), "tile/1/000", "ea7b038bc73489c89c31a27ac355aaca65a4ed73f0dd7484e68deb29d30f10a2"),
        (Tile(1, 1, 17), "tile/1/001.p/17", "adfaca2731630fe7944a4b98a0f98ef3e98685eafda09e6f81070218fb759ce4"),
    ],
)
def test_tiles_are_as_published(tiles: dict[Tile, bytes], tile: Tile, path: str, expected: str) -> None:
    assert sha256(tiles[tile]).hexdigest() == expected
    assert tile.path == path
    assert parse_path(path) == tile


def test_the_topmost_tile_is_as_published(tiles: dict[Tile, bytes]) -> None:
    tile = Tile(2, 0, 1)
    assert tile.path == "tile/2/000.p/1"
    assert tiles[tile].hex() == "f025d06ed804859fd274a1bdacadd6e48ea87634aa91e1edb20143f9498cd02b"


def test_an_entry_bundle_is_as_published() -> None:
    bundle = encode_bundle(LEAVES[273 * 256 :])
    assert len(bundle) == 784
    assert sha256(bundle).hexdigest() == "36c3ec44895d1b8098dbe8523078d6750bf09e0f12cd64671ebfe165b7647405"
    assert Bundle(273, 112).path == "tile/entries/273.p/112"
    assert decode_bundle(bundle) == LEAVES[273 * 256 :]


def test_the_root_follows_from_the_tiles_as_published(tiles: dict[Tile, bytes]) -> None:
    expected = "1a4cdfcb66374a0c0dcbef49acbd4976d13ee864fb3cb241fc943cad04f02f7e"
    assert root_at(SIZE, TileReader(SIZE, tiles)).hex() == expected


def test_proofs_follow_from_the_tiles_as_published(tiles: dict[Tile, bytes]) -> None:
    reader = TileReader(SIZE, tiles)
    included = inclusion_proof(12345, SIZE, reader)
    consistent = consistency_proof(65537, SIZE, reader)
    assert len(included) == 17
    assert sha256(b"".join(included)).hexdigest() == "15e3537b4677d40e7f98553df49a1f00747bdfcd478b0592c64864516e6b1f91"
    assert len(consistent) == 15
    assert sha256(b"".join(consistent)).hexdigest() == (
        "922bd62cffc6d2c4bba42c338b4d76f3fcf1cb8b8dd3114ff0d8dd9dc7847b4f"
    )


def test_a_proof_needs_few_tiles(tiles: dict[Tile, bytes]) -> None:
    needed = tiles_holding(nodes_of(inclusion_spans(12345, SIZE)), SIZE)
    assert needed == [Tile(0, 48), Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17)]
    reader = TileReader(SIZE, {tile: tiles[tile] for tile in needed})
    assert len(inclusion_proof(12345, SIZE, reader)) == 17


def test_70000_entries_have_the_tiles_that_the_specification_lists() -> None:
    listed = list(tiles_of(SIZE))
    assert len([tile for tile in listed if tile.level == 0 and tile.width == 256]) == 273
    assert [tile for tile in listed if tile.level or tile.width < 256] == [
        Tile(0, 273, 112),
        Tile(1, 0),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert list(bundles_of(SIZE))[-1] == Bundle(273, 112)
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []
    assert list(bundles_of(0)) == []


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Bundle(1234067), "tile/entries/x001/x234/067"),
        (Tile(63, 0, 1), "tile/63/000.p/1"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000, 255), "tile/0/x001/000.p/255"),
    ],
)
def test_each_tile_has_one_path(tile: Tile | Bundle, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "/tile/0/000", "tile/0", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/64/000",
        "tile/-1/000", "tile/0/x000/067", "tile/0/001/067", "tile/0/x001/x067", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000.p", "tile/entry/000", "tile/0/000/", "tile/0/000\n",
        "tile/0/\N{ARABIC-INDIC DIGIT ZERO}00", "tile/0/../000", "tile/0/" + "x999/" * 7 + "999",
    ],
)  # fmt: skip
def test_a_path_that_is_not_the_one_of_a_tile_is_refused(path: str) -> None:
    with pytest.raises(TileMalformed):
        parse_path(path)


@given(st.integers(0, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_every_tile_comes_back_from_its_path(level: int, number: int, width: int) -> None:
    assert parse_path(Tile(level, number, width).path) == Tile(level, number, width)
    assert parse_path(Bundle(number, width).path) == Bundle(number, width)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=8))
def test_growing_in_batches_completes_the_same_tiles_as_growing_at_once(batches: list[int]) -> None:
    leaf_hashes = hashes([number.to_bytes(4) for number in range(sum(batches))])
    size, full, edges = 0, list[FullTile](), [list[bytes](), list[bytes]()]
    for batch in batches:
        added = leaf_hashes[size : size + batch]
        new = completed_tiles(size, edges[: max(levels_completed(size, batch), 1)], added)
        assert len({tile.level for tile in new}) == levels_completed(size, batch)
        full += new
        size += batch
        edges[0] = leaf_hashes[size - partial_width(size, 0) : size]
        edges[1] = [tile.root for tile in full if tile.level == 0][-partial_width(size, 1) or size :]
    expected = {tile: data for tile, data in all_tiles(leaf_hashes).items() if tile.width == 256}
    assert {Tile(tile.level, tile.number): tile.data for tile in full} == expected
    assert all(tile.root == defined_root(hashes_in(tile.data)) for tile in full)


def test_a_batch_may_complete_tiles_at_two_levels() -> None:
    leaf_hashes = hashes([number.to_bytes(4) for number in range(65_600)])
    start = 65_530
    roots = [root_of(leaf_hashes[number * 256 : number * 256 + 256]) for number in range(256)]
    full = completed_tiles(start, [leaf_hashes[255 * 256 : start], roots[:255]], leaf_hashes[start:])
    assert [(tile.level, tile.number) for tile in full] == [(0, 255), (1, 0)]
    assert full[1].data == b"".join(roots)


def test_tiles_are_not_completed_on_an_edge_of_the_wrong_length() -> None:
    with pytest.raises(TileMalformed):
        completed_tiles(5, [[bytes(32)] * 4], [bytes(32)])
    with pytest.raises(TileMalformed):
        completed_tiles(255, [], [bytes(32)])


def test_a_tile_of_the_wrong_length_is_not_read() -> None:
    with pytest.raises(TileMalformed):
        root_at(3, TileReader(3, {Tile(0, 0, 3): bytes(64)}))


def test_a_subtree_that_the_log_has_not_yet_is_in_no_tile() -> None:
    for node in perfect_nodes(Span(0, 4)):
        with pytest.raises(TileMalformed):
            tile_holding(node, 3)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_every_bundle_comes_back_as_its_entries(leaves: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(leaves)) == leaves


def test_the_largest_entry_fits_and_a_larger_one_is_refused() -> None:
    assert decode_bundle(encode_bundle([bytes(65_535)])) == [bytes(65_535)]
    with pytest.raises(TileMalformed):
        encode_bundle([bytes(65_536)])


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x01", b"\x00\x02a", b"\x00\x01ab", b"\x00\x00" * 257])
def test_a_bundle_that_breaks_off_or_is_too_long_is_refused(data: bytes) -> None:
    with pytest.raises(TileMalformed):
        decode_bundle(data)


def test_consistency_reads_only_tiles_that_the_newer_log_has() -> None:
    needed = tiles_holding(nodes_of(consistency_spans(0, 65_537, SIZE)), SIZE)
    assert set(needed) <= set(tiles_of(SIZE))
