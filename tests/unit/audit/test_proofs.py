"""Proofs agree with every published answer, hold for every pair of small sizes, and fail when touched."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.errors import HashMalformed, ProofWrong
from services.audit.domain.hashing import EMPTY_ROOT, Frontier, join
from services.audit.domain.proofs import (
    Span,
    consistency_proof,
    consistency_spans,
    fold,
    inclusion_proof,
    inclusion_spans,
    perfect_nodes,
    root_at,
    verify_consistency,
    verify_inclusion,
    verify_subtree,
)
from tests.support.trees import hashes, node_reader
from tests.unit.audit.test_hashing import LEAF_HASHES, LEAVES, LEVEL_1, LEVEL_2

EIGHT = node_reader(hashes(LEAVES))
PUBLISHED = {value[:8]: value for value in LEAF_HASHES + LEVEL_1 + LEVEL_2}
MOST = 130
SINGLE_BYTES = hashes([bytes([value]) for value in range(MOST)])
READ = node_reader(SINGLE_BYTES)
ROOTS = [root_at(size, READ) for size in range(MOST + 1)]


@pytest.mark.parametrize(
    ("index", "size", "expected"),
    [
        (0, 8, ["96a296d2", "5f083f0a", "6b47aaf2"]),
        (5, 8, ["bc1a0643", "ca854ea1", "d37ee418"]),
        (2, 3, ["fac54203"]),
        (1, 5, ["6e340b9c", "5f083f0a", "bc1a0643"]),
    ],
)
def test_inclusion_proofs_are_as_published(index: int, size: int, expected: list[str]) -> None:
    assert [value.hex() for value in inclusion_proof(index, size, EIGHT)] == [PUBLISHED[short] for short in expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (1, 8, ["96a296d2", "5f083f0a", "6b47aaf2"]),
        (2, 5, ["5f083f0a", "bc1a0643"]),
        (6, 8, ["0ebc5d34", "ca854ea1", "d37ee418"]),
        (1, 1, []),
    ],
)
def test_consistency_proofs_are_as_published(old: int, new: int, expected: list[str]) -> None:
    assert [value.hex() for value in consistency_proof(old, new, EIGHT)] == [PUBLISHED[short] for short in expected]


def bit_ceiling(count: int) -> int:
    return 1 << (count - 1).bit_length() if count else 1


SUBTREES = [
    (start, end)
    for end in range(MOST + 1)
    for start in range(end + 1)
    if start in (0, end) or start % bit_ceiling(end - start) == 0
]


def digest(lines: list[tuple[str, list[bytes]]]) -> str:
    accumulator = sha256()
    for label, values in lines:
        accumulator.update(" ".join([label, *(value.hex() for value in values)]).encode() + b"\n")
    return accumulator.hexdigest()


def subtree_roots() -> list[tuple[str, list[bytes]]]:
    return [
        (f"[{start}, {end})", [join([READ(node) for node in perfect_nodes(Span(start, end))])])
        for start, end in SUBTREES
    ]


def subtree_inclusion() -> list[tuple[str, list[bytes]]]:
    return [
        (f"{index} [{start}, {end})", fold(inclusion_spans(index, end, start=start), READ))
        for start, end in SUBTREES
        for index in range(start, end)
    ]


def subtree_consistency() -> list[tuple[str, list[bytes]]]:
    return [
        (f"[{start}, {end}) {size}", fold(consistency_spans(start, end, size), READ) if start < end else [])
        for size in range(MOST + 1)
        for start, end in SUBTREES
        if end <= size
    ]


def roots() -> list[tuple[str, list[bytes]]]:
    return [(str(size), [root]) for size, root in enumerate(ROOTS)]


def inclusion() -> list[tuple[str, list[bytes]]]:
    return [
        (f"{index} {size}", inclusion_proof(index, size, READ)) for size in range(1, MOST + 1) for index in range(size)
    ]


def consistency() -> list[tuple[str, list[bytes]]]:
    return [
        (f"{old} {new}", consistency_proof(old, new, READ)) for new in range(1, MOST + 1) for old in range(1, new + 1)
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (subtree_roots, "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"),
        (subtree_inclusion, "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"),
        (subtree_consistency, "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74"),
        (roots, "9c67f07f906103b6bf201842a50ff0b8c91fca9b3e211334a6b7aa3133165dec"),
        (inclusion, "893ce6eea61adc33c22c0e3a952498b76dfa3c282e78ac659f6fcc0ea44f9983"),
        (consistency, "2498232e1aebe8d1aa8d339d897fc471f4495fe0b8a55ac08f7dae3d88bc4c2a"),
    ],
)
def test_everything_up_to_130_leaves_accumulates_to_the_published_digest(
    lines: Callable[[], list[tuple[str, list[bytes]]]], expected: str
) -> None:
    assert digest(lines()) == expected


def test_every_inclusion_proof_up_to_130_leaves_verifies() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = inclusion_proof(index, size, READ)
            verify_inclusion(index=index, size=size, leaf=SINGLE_BYTES[index], proof=proof, root=ROOTS[size])


def test_every_consistency_proof_up_to_130_leaves_verifies() -> None:
    for new in range(1, MOST + 1):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, READ)
            verify_consistency(old_size=old, new_size=new, old_root=ROOTS[old], new_root=ROOTS[new], proof=proof)


def test_every_proof_about_a_subtree_verifies() -> None:
    for start, end in SUBTREES:
        if start == end:
            continue
        subtree = join([READ(node) for node in perfect_nodes(Span(start, end))])
        for size in {end, end + 1, (end + MOST) // 2, MOST} - {MOST + 1}:
            proof = fold(consistency_spans(start, end, size), READ)
            verify_subtree(start=start, end=end, size=size, subtree_root=subtree, root=ROOTS[size], proof=proof)
        for index in {start, end - 1}:
            path = fold(inclusion_spans(index, end, start=start), READ)
            verify_inclusion(index=index, size=end, leaf=SINGLE_BYTES[index], proof=path, root=subtree, start=start)


@given(st.data())
def test_an_inclusion_proof_fails_when_anything_about_it_changes(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, MOST))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, READ)
    other = data.draw(st.integers(0, size - 1).filter(lambda value: value != index))
    broken = data.draw(st.integers(0, len(proof) - 1))
    wrong = [*proof[:broken], bytes(32), *proof[broken + 1 :]]
    right: dict[str, Any] = {
        "index": index,
        "size": size,
        "leaf": SINGLE_BYTES[index],
        "proof": proof,
        "root": ROOTS[size],
    }
    changes: list[dict[str, Any]] = [
        {"index": other},
        {"leaf": SINGLE_BYTES[other]},
        {"root": ROOTS[size - 1]},
        {"proof": proof[:-1]},
        {"proof": [*proof, proof[-1]]},
        {"proof": wrong},
    ]
    for change in changes:
        with pytest.raises(ProofWrong):
            verify_inclusion(**(right | change))


@given(st.data())
def test_a_consistency_proof_fails_when_anything_about_it_changes(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, MOST))
    old = data.draw(st.integers(1, new - 1))
    proof = consistency_proof(old, new, READ)
    broken = data.draw(st.integers(0, len(proof) - 1))
    right: dict[str, Any] = {
        "old_size": old,
        "new_size": new,
        "old_root": ROOTS[old],
        "new_root": ROOTS[new],
        "proof": proof,
    }
    changes: list[dict[str, Any]] = [
        {"old_root": ROOTS[old - 1]},
        {"new_root": ROOTS[new - 1]},
        {"proof": proof[:-1]},
        {"proof": [*proof, proof[-1]]},
        {"proof": []},
        {"proof": [*proof[:broken], bytes(32), *proof[broken + 1 :]]},
    ]
    for change in changes:
        with pytest.raises(ProofWrong):
            verify_consistency(**(right | change))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_hashes_of_the_wrong_length_are_an_error(length: int) -> None:
    odd = bytes(length)
    leaf, root = SINGLE_BYTES[0], ROOTS[2]
    proof = inclusion_proof(0, 2, READ)
    grown = consistency_proof(1, 2, READ)
    with pytest.raises(HashMalformed):
        verify_inclusion(index=0, size=2, leaf=odd, proof=proof, root=root)
    with pytest.raises(HashMalformed):
        verify_inclusion(index=0, size=2, leaf=leaf, proof=[odd], root=root)
    with pytest.raises(HashMalformed):
        verify_inclusion(index=0, size=2, leaf=leaf, proof=proof, root=odd)
    with pytest.raises(HashMalformed):
        verify_consistency(old_size=1, new_size=2, old_root=odd, new_root=root, proof=grown)
    with pytest.raises(HashMalformed):
        verify_consistency(old_size=1, new_size=2, old_root=ROOTS[1], new_root=odd, proof=grown)
    with pytest.raises(HashMalformed):
        verify_consistency(old_size=1, new_size=2, old_root=ROOTS[1], new_root=root, proof=[odd])


def test_nothing_can_be_shown_about_an_empty_log() -> None:
    for new in (0, 1, 8):
        for proof in ([], consistency_proof(1, 8, READ)):
            with pytest.raises(ProofWrong):
                verify_consistency(old_size=0, new_size=new, old_root=EMPTY_ROOT, new_root=ROOTS[new], proof=proof)
    with pytest.raises(ProofWrong):
        verify_inclusion(index=0, size=0, leaf=SINGLE_BYTES[0], proof=[], root=EMPTY_ROOT)


def test_equal_sizes_need_equal_roots_and_no_proof() -> None:
    verify_consistency(old_size=7, new_size=7, old_root=ROOTS[7], new_root=ROOTS[7], proof=[])
    with pytest.raises(ProofWrong):
        verify_consistency(old_size=7, new_size=7, old_root=ROOTS[7], new_root=ROOTS[8], proof=[])
    with pytest.raises(ProofWrong):
        verify_consistency(old_size=7, new_size=7, old_root=ROOTS[7], new_root=ROOTS[7], proof=[ROOTS[7]])


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (6, 5), (0, -1)])
def test_an_entry_outside_the_log_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ProofWrong):
        inclusion_proof(index, size, READ)
    with pytest.raises(ProofWrong):
        verify_inclusion(index=index, size=size, leaf=SINGLE_BYTES[0], proof=[], root=SINGLE_BYTES[0])


@pytest.mark.parametrize(("start", "end", "size"), [(0, 9, 8), (5, 4, 8), (1, 3, 8), (2, 5, 8), (-1, 1, 8)])
def test_what_is_no_subtree_of_the_log_has_no_proof(start: int, end: int, size: int) -> None:
    with pytest.raises(ProofWrong):
        consistency_spans(start, end, size)


def test_the_largest_log_is_proven_in_63_steps() -> None:
    spans = inclusion_spans(2**62 + 12345, 2**63 - 1)
    assert len(spans) <= 63
    assert sum(span.end - span.start for span in spans) == 2**63 - 2


def test_a_fork_of_the_log_cannot_be_proven_consistent() -> None:
    fork = Frontier()
    fork.extend([*SINGLE_BYTES[:50], SINGLE_BYTES[0], *SINGLE_BYTES[51:100]])
    proof = consistency_proof(60, 100, READ)
    with pytest.raises(ProofWrong):
        verify_consistency(old_size=60, new_size=100, old_root=ROOTS[60], new_root=fork.root(), proof=proof)
