"""The tree cut into tiles of 256 hashes (C2SP tlog-tiles), so that any reader can fetch, cache and prove for itself."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from services.audit.domain.errors import TileMalformed
from services.audit.domain.hashing import HASH_SIZE, root_of
from services.audit.domain.proofs import Node

HEIGHT = 8
WIDTH = 1 << HEIGHT
TILE_BYTES = WIDTH * HASH_SIZE
HIGHEST_LEVEL = 63
LARGEST_LEAF = 0xFFFF
"""An entry bundle gives each entry's length in 16 bits."""
LARGEST_NUMBER = 2**63 - 1

_PATH = re.compile(r"tile/(0|[1-9][0-9]?|entries)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class Tile(NamedTuple):
    """`width` hashes of level 8 * `level` of the tree, from the one at 256 * `number`."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where a reader finds this tile below the log's prefix."""
        return f"tile/{self.level}/{_numbered(self.number, self.width)}"


class Bundle(NamedTuple):
    """`width` entries from the one at 256 * `number`."""

    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where a reader finds this bundle below the log's prefix."""
        return f"tile/entries/{_numbered(self.number, self.width)}"


class FullTile(NamedTuple):
    """A tile that will never change again; its root is one hash of the tile above it."""

    level: int
    number: int
    data: bytes
    root: bytes


def parse_path(path: str) -> Tile | Bundle:
    """The tile or bundle that `path` names; each has exactly one path."""
    match = _PATH.fullmatch(path)
    if not match:
        raise TileMalformed("A path is tile/<level>/<number> or tile/entries/<number>, with .p/<width> where partial.")
    level, digits, partial = match.groups()
    number, width = int(re.sub("[x/]", "", digits)), int(partial or WIDTH)
    tile = Bundle(number, width) if level == "entries" else Tile(int(level), number, width)
    if (partial and width >= WIDTH) or number > LARGEST_NUMBER or tile.path != path:
        raise TileMalformed("The number or width in this path is out of range or written with needless zeros.")
    if isinstance(tile, Tile) and tile.level > HIGHEST_LEVEL:
        raise TileMalformed(f"Tiles have levels from 0 to {HIGHEST_LEVEL}.")
    return tile


def partial_width(size: int, level: int) -> int:
    """How many hashes the unfinished tile at `level` has in a tree of `size` entries; 0 means there is none."""
    return (size >> HEIGHT * level) % WIDTH


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree of `size` entries, full ones first at each level."""
    level = 0
    while hashes := size >> HEIGHT * level:
        for number in range(hashes >> HEIGHT):
            yield Tile(level, number)
        if hashes % WIDTH:
            yield Tile(level, hashes >> HEIGHT, hashes % WIDTH)
        level += 1


def bundles_of(size: int) -> Iterator[Bundle]:
    """Every entry bundle of a tree of `size` entries."""
    for tile in tiles_of(size):
        if tile.level:
            return
        yield Bundle(tile.number, tile.width)


def tile_holding(node: Node, size: int) -> Tile:
    """The tile of a tree of `size` entries from which `node` can be computed."""
    level = node.level // HEIGHT
    number = node.number >> HEIGHT - node.level % HEIGHT
    width = min(WIDTH, (size >> HEIGHT * level) - number * WIDTH)
    if (node.number + 1) << node.level > size or width <= 0:
        raise TileMalformed(f"A log of {size} entries has no subtree {node.number} at level {node.level}.")
    return Tile(level, number, width)


def tiles_holding(nodes: Iterable[Node], size: int) -> list[Tile]:
    """The tiles from which all of `nodes` can be computed, each once."""
    return sorted({tile_holding(node, size) for node in nodes})


class TileReader:
    """Reads subtree hashes out of tiles fetched beforehand; give it to the builders of proofs."""

    def __init__(self, size: int, tiles: Mapping[Tile, bytes]) -> None:
        self._size = size
        self._tiles = tiles

    def __call__(self, node: Node) -> bytes:
        """The hash of a perfect subtree."""
        tile = tile_holding(node, self._size)
        data = self._tiles[tile]
        require_tile(tile, data)
        height = node.level % HEIGHT
        first = (node.number << height) - tile.number * WIDTH
        return root_of(hashes_in(data)[first : first + (1 << height)])


def require_tile(tile: Tile, data: bytes) -> None:
    """Refuse bytes that are not as long as the tile is wide."""
    if len(data) != tile.width * HASH_SIZE:
        raise TileMalformed(f"{tile.path} has {len(data)} bytes, not {tile.width * HASH_SIZE}.")


def hashes_in(data: bytes) -> list[bytes]:
    """The hashes of a tile, in order."""
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def levels_completed(size: int, added: int) -> int:
    """At how many levels, from the lowest, a tile becomes full when a tree of `size` grows by `added` entries."""
    level = 0
    while size + added >> HEIGHT * (level + 1) > size >> HEIGHT * (level + 1):
        level += 1
    return level


def completed_tiles(size: int, edges: Sequence[Sequence[bytes]], added: Iterable[bytes]) -> list[FullTile]:
    """The tiles that become full when leaf hashes are `added` to a tree of `size` entries.

    `edges` holds the hashes of the unfinished tiles, lowest level first, for every level that is completed.
    """
    for level, edge in enumerate(edges):
        if len(edge) != partial_width(size, level):
            raise TileMalformed(f"The unfinished tile at level {level} of {size} entries has not {len(edge)} hashes.")
    full: list[FullTile] = []
    rising, level = list(added), 0
    if len(edges) < levels_completed(size, len(rising)):
        raise TileMalformed(f"Tiles become full at {levels_completed(size, len(rising))} levels, not {len(edges)}.")
    while rising:
        edge = edges[level] if level < len(edges) else ()
        hashes = [*edge, *rising]
        first = (size >> HEIGHT * level) >> HEIGHT
        rising = []
        for number in range(len(hashes) // WIDTH):
            tile = hashes[number * WIDTH : (number + 1) * WIDTH]
            rising.append(root_of(tile))
            full.append(FullTile(level, first + number, b"".join(tile), rising[-1]))
        level += 1
    return full


def encode_bundle(leaves: Iterable[bytes]) -> bytes:
    """Entries one after the other, each with its length before it."""
    parts = []
    for leaf in leaves:
        if len(leaf) > LARGEST_LEAF:
            raise TileMalformed(f"An entry of {len(leaf)} bytes does not fit in a bundle; {LARGEST_LEAF} is the most.")
        parts += [len(leaf).to_bytes(2), leaf]
    return b"".join(parts)


def decode_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; refuses bytes that do not end where the last entry ends."""
    leaves: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[start - 2 : start])
        if start > len(data) or at > len(data):
            raise TileMalformed(f"The bundle breaks off within entry {len(leaves)}.")
        leaves.append(data[start:at])
    if len(leaves) > WIDTH:
        raise TileMalformed(f"A bundle has at most {WIDTH} entries, not {len(leaves)}.")
    return leaves


def _numbered(number: int, width: int) -> str:
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]]) + (f".p/{width}" if width < WIDTH else "")
