"""Merkle trees for tests, by the definition in RFC 6962 and nothing cleverer, so that clever code can be held to it."""

from collections.abc import Sequence

from services.audit.domain.hashing import EMPTY_ROOT, leaf_hash, node_hash
from services.audit.domain.proofs import Node, ReadNode


def defined_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """MTH(D[n]) exactly as RFC 6962 section 2.1 defines it."""
    if not leaf_hashes:
        return EMPTY_ROOT
    if len(leaf_hashes) == 1:
        return leaf_hashes[0]
    split = 1
    while split * 2 < len(leaf_hashes):
        split *= 2
    return node_hash(defined_root(leaf_hashes[:split]), defined_root(leaf_hashes[split:]))


def node_reader(leaf_hashes: Sequence[bytes]) -> ReadNode:
    """Reads any perfect subtree of the tree over `leaf_hashes`, each computed once."""
    known: dict[Node, bytes] = {}

    def read(node: Node) -> bytes:
        if node not in known:
            first = node.number << node.level
            known[node] = defined_root(leaf_hashes[first : first + (1 << node.level)])
        return known[node]

    return read


def hashes(leaves: Sequence[bytes]) -> list[bytes]:
    return [leaf_hash(leaf) for leaf in leaves]
