"""Merkle tree hashing (RFC 6962, RFC 9162), so that one root stands for every entry before it."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from services.audit.domain.errors import HashMalformed

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one entry; its prefix keeps an entry from ever passing for an inner node."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbouring subtrees."""
    return sha256(b"\x01" + left + right).digest()


def join(roots: Sequence[bytes]) -> bytes:
    """The root over neighbouring perfect subtrees of falling size, given from left to right."""
    if not roots:
        return EMPTY_ROOT
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = node_hash(left, root)
    return root


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root of the tree over `leaf_hashes`."""
    frontier = Frontier()
    frontier.extend(leaf_hashes)
    return frontier.root()


def require_hash(value: bytes, what: str) -> None:
    """Refuse anything that is not the length of a SHA-256 hash: a shorter one would weaken every check after it."""
    if len(value) != HASH_SIZE:
        raise HashMalformed(f"The {what} has {len(value)} bytes; a SHA-256 hash has {HASH_SIZE}.")


class Frontier:
    """The right edge of a growing tree: the roots of its perfect subtrees, largest first.

    It is all a log needs to remember in order to grow by one entry or to tell its root, whatever its size.
    """

    __slots__ = ("edge", "size")

    def __init__(self, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        self.size = size
        self.edge = list(edge)
        if size < 0 or len(self.edge) != size.bit_count():
            raise HashMalformed(f"A tree of {size} entries has not an edge of {len(self.edge)} subtrees.")
        for root in self.edge:
            require_hash(root, "edge of the tree")

    def append(self, leaf: bytes) -> None:
        """Grow by one entry, given its leaf hash."""
        complete, edge = self.size, self.edge
        while complete & 1:
            leaf = node_hash(edge.pop(), leaf)
            complete >>= 1
        edge.append(leaf)
        self.size += 1

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Grow by several entries in order."""
        for leaf in leaf_hashes:
            self.append(leaf)

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return join(self.edge)

    def copy(self) -> "Frontier":
        """A frontier that grows on its own from here."""
        return Frontier(self.size, self.edge)
