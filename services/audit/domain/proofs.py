"""Inclusion and consistency proofs (RFC 9162): that an entry is in the log, and that the log only ever grew.

A proof is planned as ranges of leaves first, so that whoever stores the tree can fetch all it needs at once; then
each range is folded from perfect subtrees. Verifying walks the same plan with the given hashes.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from services.audit.domain.errors import ProofWrong
from services.audit.domain.hashing import join, node_hash, require_hash


class Node(NamedTuple):
    """A perfect subtree: the entries from number * 2**level, 2**level of them."""

    level: int
    number: int


class Span(NamedTuple):
    """The entries from `start` up to but not including `end`."""

    start: int
    end: int


ReadNode = Callable[[Node], bytes]


def inclusion_spans(index: int, size: int, *, start: int = 0) -> list[Span]:
    """What stands beside entry `index` on the way up in the tree over [start, size), lowest first."""
    if not 0 <= start <= index < size:
        raise ProofWrong(f"Entry {index} is not in a log of {size} entries.")
    spans, end = [], size
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(start: int, end: int, size: int) -> list[Span]:
    """What shows that the subtree over [start, end) is part of the tree of `size` entries, lowest first.

    With `start` 0 this is the consistency proof from an old size `end` to a new one.
    """
    _require_subtree(start, end, size)
    spans, low, high, complete = [], 0, size, True
    while (start, end) != (low, high):
        middle = _middle(low, high)
        if end <= middle:
            spans.append(Span(middle, high))
            high = middle
        else:
            spans.append(Span(low, middle))
            # A subtree that reaches across the middle starts where its parent starts: only its right part remains.
            complete = complete and start >= middle
            low, start = middle, max(start, middle)
    if not complete:
        spans.append(Span(low, high))
    return spans[::-1]


def perfect_nodes(span: Span) -> list[Node]:
    """The perfect subtrees that make up a span of a proof, from left to right."""
    nodes, (start, end) = [], span
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def nodes_of(spans: Iterable[Span]) -> list[Node]:
    """Every perfect subtree that a plan of spans needs."""
    return [node for span in spans for node in perfect_nodes(span)]


def fold(spans: Iterable[Span], read: ReadNode) -> list[bytes]:
    """The hashes of a planned proof."""
    return [join([read(node) for node in perfect_nodes(span)]) for span in spans]


def root_at(size: int, read: ReadNode) -> bytes:
    """The root the tree had when it held `size` entries."""
    return join([read(node) for node in perfect_nodes(Span(0, size))])


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """Proof that entry `index` is in the tree of `size` entries."""
    return fold(inclusion_spans(index, size), read)


def consistency_proof(old_size: int, new_size: int, read: ReadNode) -> list[bytes]:
    """Proof that the tree of `old_size` entries is the beginning of the tree of `new_size`."""
    return fold(consistency_spans(0, old_size, new_size), read)


def verify_inclusion(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes, start: int = 0
) -> None:
    """Return only if the entry with this leaf hash stands at `index` under `root`; raise ProofWrong otherwise."""
    _require_hashes(proof, leaf=leaf, root=root)
    spans = inclusion_spans(index, size, start=start)
    if len(spans) != len(proof):
        raise ProofWrong(f"The proof has {len(proof)} hashes; entry {index} of {size} needs {len(spans)}.")
    computed = leaf
    for span, sibling in zip(spans, proof, strict=True):
        computed = node_hash(computed, sibling) if index < span.start else node_hash(sibling, computed)
    if computed != root:
        raise ProofWrong(f"The proof does not lead from entry {index} to the given root of {size} entries.")


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return only if the log with `new_root` begins with the log with `old_root`; raise ProofWrong otherwise.

    Nothing can be shown about the empty log, so an old size of 0 is refused: its caller has nothing to check.
    """
    verify_subtree(start=0, end=old_size, size=new_size, subtree_root=old_root, root=new_root, proof=proof)


def verify_subtree(
    *, start: int, end: int, size: int, subtree_root: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """Return only if the subtree over [start, end) is part of the tree with `root`; raise ProofWrong otherwise."""
    _require_subtree(start, end, size)
    _require_hashes(proof, old_root=subtree_root, new_root=root)
    remaining = list(proof)
    old, new = _reconcile(Span(start, end), Span(0, size), remaining, subtree_root)
    if remaining:
        raise ProofWrong(f"The proof has {len(remaining)} hashes too many.")
    if old != subtree_root:
        raise ProofWrong("The proof does not lead to the older root.")
    if new != root:
        raise ProofWrong("The proof does not lead to the newer root.")


def _reconcile(part: Span, whole: Span, proof: list[bytes], known: bytes | None) -> tuple[bytes, bytes]:
    """The roots of `part` and of `whole` as the proof has them; `known` is the former's, until only a piece is left."""
    if part == whole:
        root = _outermost(proof) if known is None else known
        return root, root
    sibling = _outermost(proof)
    middle = _middle(*whole)
    if part.end <= middle:
        old, new = _reconcile(part, Span(whole.start, middle), proof, known)
        return old, node_hash(new, sibling)
    if part.start >= middle:
        old, new = _reconcile(part, Span(middle, whole.end), proof, known)
        return old, node_hash(sibling, new)
    old, new = _reconcile(Span(middle, part.end), Span(middle, whole.end), proof, None)
    return node_hash(sibling, old), node_hash(sibling, new)


def _outermost(proof: list[bytes]) -> bytes:
    if not proof:
        raise ProofWrong("The proof has too few hashes.")
    return proof.pop()


def _middle(start: int, end: int) -> int:
    """Where RFC 6962 splits a tree: after the largest power of two that is smaller than its number of entries."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _require_subtree(start: int, end: int, size: int) -> None:
    if not 0 <= start < end <= size:
        raise ProofWrong(f"The entries from {start} to {end} are no part of a log of {size} that could be proven.")
    if start % (1 << (end - start - 1).bit_length()):
        raise ProofWrong(f"The entries from {start} to {end} are no subtree.")


def _require_hashes(proof: Sequence[bytes], **named: bytes) -> None:
    for name, value in named.items():
        require_hash(value, name.replace("_", " "))
    for value in proof:
        require_hash(value, "hash in the proof")
