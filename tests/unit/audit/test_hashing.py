"""Hashing agrees with RFC 6962 wherever a public answer is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.errors import HashMalformed
from services.audit.domain.hashing import EMPTY_ROOT, Frontier, leaf_hash, node_hash, root_of
from tests.support.trees import defined_root, hashes

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
LEAF_HASHES = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
    "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
]
LEVEL_1 = [
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
]
LEVEL_2 = [
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (b"L123456", "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"),
        (bytes(range(0x10, 0x20)), "3bfb960453ebaebf33727da7a1f4db38acc051d381b6da20d6d4e88f0eabfd7a"),
    ],
)
def test_a_leaf_hashes_as_published(leaf: bytes, expected: str) -> None:
    assert leaf_hash(leaf).hex() == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (b"N123", b"N456", "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"),
        (
            bytes(range(0x20)),
            bytes(range(0x20, 0x40)),
            "1a378704c17da31e2d05b6d121c2bb2c7d76f6ee6fa8f983e596c2d034963c57",
        ),
    ],
)
def test_a_node_hashes_as_published(left: bytes, right: bytes, expected: str) -> None:
    assert node_hash(left, right).hex() == expected


def test_the_empty_tree_has_the_published_root() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Frontier().root() == root_of([]) == EMPTY_ROOT


def test_eight_leaves_have_the_published_hashes_at_every_level() -> None:
    leaf_hashes = hashes(LEAVES)
    level_1 = [node_hash(*leaf_hashes[at : at + 2]) for at in range(0, 8, 2)]
    level_2 = [node_hash(*level_1[at : at + 2]) for at in range(0, 4, 2)]
    assert [value.hex() for value in leaf_hashes] == LEAF_HASHES
    assert [value.hex() for value in level_1] == LEVEL_1
    assert [value.hex() for value in level_2] == LEVEL_2


def test_the_roots_of_one_to_eight_leaves_are_as_published() -> None:
    frontier = Frontier()
    for leaf, expected in zip(LEAVES, ROOTS, strict=True):
        frontier.append(leaf_hash(leaf))
        assert frontier.root().hex() == expected


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=300), st.integers(0, 300))
def test_a_frontier_has_the_root_that_the_definition_has(leaf_hashes: list[bytes], pause: int) -> None:
    frontier = Frontier()
    frontier.extend(leaf_hashes[:pause])
    resumed = Frontier(frontier.size, frontier.edge)
    resumed.extend(leaf_hashes[pause:])
    assert resumed.root() == root_of(leaf_hashes) == defined_root(leaf_hashes)
    assert resumed.size == len(leaf_hashes)


def test_a_copied_frontier_grows_on_its_own() -> None:
    frontier = Frontier()
    frontier.append(leaf_hash(b"one"))
    copied = frontier.copy()
    copied.append(leaf_hash(b"two"))
    assert (frontier.size, copied.size) == (1, 2)
    assert frontier.root() == leaf_hash(b"one")


@pytest.mark.parametrize(("size", "edge"), [(3, [bytes(32)]), (0, [bytes(32)]), (1, []), (1, [bytes(31)]), (-1, [])])
def test_an_edge_that_cannot_belong_to_its_size_is_refused(size: int, edge: list[bytes]) -> None:
    with pytest.raises(HashMalformed):
        Frontier(size, edge)
