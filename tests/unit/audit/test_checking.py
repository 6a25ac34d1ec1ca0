"""A whole log is checked against what was signed, and the first wrong entry is named."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Self
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.checking import Kind, Verdict, check_log, inspect_entry
from services.audit.domain.checkpoint import Checkpoint
from services.audit.domain.entry import Link, leaf_bytes
from services.audit.domain.errors import LeafMalformed
from services.audit.domain.hashing import EMPTY_ROOT, root_of
from shared.errors import Invalid
from tests.support.logged_events import event_body
from tests.support.trees import hashes

SIZE = 40
LEAVES = [b"entry %d" % number for number in range(SIZE)]
HASHES = hashes(LEAVES)


def signed(*sizes: int) -> list[Checkpoint]:
    return [Checkpoint("log", size, root_of(HASHES[:size])) for size in sizes]


def altered(leaves: list[bytes], *indices: int) -> list[bytes]:
    return [leaf + b"!" if index in indices else leaf for index, leaf in enumerate(leaves)]


def kinds(verdict: Verdict) -> list[tuple[Kind, int, int]]:
    return [(finding.kind, finding.first, finding.last) for finding in verdict.findings]


def test_an_untouched_log_is_intact() -> None:
    verdict = check_log(iter(LEAVES), signed(0, 1, 10, SIZE), recorded=iter(HASHES))
    assert verdict.intact
    assert (verdict.size, verdict.confirmed, verdict.root) == (SIZE, SIZE, root_of(HASHES))
    assert verdict.first_bad_index is None


def test_an_empty_log_is_intact() -> None:
    assert check_log([], [Checkpoint("log", 0, EMPTY_ROOT)], recorded=[]).intact


def test_entries_that_no_checkpoint_covers_yet_are_not_confirmed() -> None:
    verdict = check_log(LEAVES, signed(10), recorded=HASHES)
    assert verdict.intact
    assert verdict.confirmed == 10


@given(st.integers(0, SIZE - 1))
def test_an_altered_entry_is_named_exactly_where_its_hash_is_recorded(index: int) -> None:
    verdict = check_log(altered(LEAVES, index), signed(8, 20, SIZE), recorded=HASHES)
    assert kinds(verdict) == [(Kind.ENTRY_ALTERED, index, index)]
    assert verdict.first_bad_index == verdict.confirmed == index


@given(st.integers(0, SIZE - 1))
def test_an_altered_entry_is_narrowed_down_by_checkpoints_alone(index: int) -> None:
    verdict = check_log(altered(LEAVES, index), signed(8, 20, SIZE))
    start = max(size for size in (0, 8, 20) if size <= index)
    end = min(size for size in (8, 20, SIZE) if size > index)
    assert kinds(verdict) == [(Kind.ROOT_DIFFERS, start, end - 1)]
    assert verdict.confirmed == start


@given(st.integers(0, SIZE - 1))
def test_an_entry_altered_together_with_its_recorded_hash_is_found(index: int) -> None:
    forged = altered(LEAVES, index)
    verdict = check_log(forged, signed(SIZE), recorded=hashes(forged))
    assert kinds(verdict) == [(Kind.ROOT_DIFFERS, 0, SIZE - 1)]


@given(st.integers(0, SIZE - 1))
def test_an_altered_recorded_hash_is_told_from_an_altered_entry(index: int) -> None:
    verdict = check_log(LEAVES, signed(8, 20, SIZE), recorded=hashes(altered(LEAVES, index)))
    assert kinds(verdict) == [(Kind.HASH_ALTERED, index, index)]
    assert verdict.confirmed == SIZE


def test_the_first_of_several_altered_entries_is_named() -> None:
    verdict = check_log(altered(LEAVES, 30, 12, 13), signed(8, 20, SIZE), recorded=HASHES)
    assert kinds(verdict) == [(Kind.ENTRY_ALTERED, 12, 12)]


def test_an_entry_taken_out_shifts_everything_after_it() -> None:
    verdict = check_log(LEAVES[:12] + LEAVES[13:], signed(8, SIZE), recorded=HASHES)
    assert verdict.first_bad_index == 12 or verdict.findings[0].first <= 12 <= verdict.findings[0].last
    assert (Kind.ENTRY_MISSING, SIZE - 1, SIZE - 1) in kinds(verdict)


def test_two_entries_that_changed_places_are_noticed() -> None:
    swapped = [*LEAVES[:5], LEAVES[6], LEAVES[5], *LEAVES[7:]]
    assert kinds(check_log(swapped, signed(SIZE), recorded=HASHES)) == [(Kind.ENTRY_ALTERED, 5, 5)]


def test_a_log_cut_short_is_noticed() -> None:
    verdict = check_log(LEAVES[:33], signed(8, SIZE))
    assert kinds(verdict) == [(Kind.ENTRY_MISSING, 33, SIZE - 1)]
    assert verdict.confirmed == 8


def test_a_cut_is_noticed_even_before_it_was_signed() -> None:
    verdict = check_log(LEAVES[:33], signed(8), recorded=HASHES)
    assert kinds(verdict) == [(Kind.ENTRY_MISSING, 33, 33)]


def test_missing_recorded_hashes_are_noticed() -> None:
    assert kinds(check_log(LEAVES, signed(SIZE), recorded=HASHES[:33])) == [(Kind.HASH_MISSING, 33, 33)]


def test_a_disagreement_that_no_checkpoint_settles_is_reported_as_such() -> None:
    verdict = check_log(altered(LEAVES, 35), signed(20), recorded=HASHES)
    assert kinds(verdict) == [(Kind.UNCONFIRMED, 35, 35)]


def test_two_signed_roots_for_one_size_are_a_contradiction() -> None:
    split = [*signed(10, SIZE), Checkpoint("log", 10, root_of(hashes(altered(LEAVES[:10], 3))))]
    verdict = check_log(LEAVES, split, recorded=HASHES)
    assert not verdict.intact
    assert verdict.findings[0].kind is Kind.ROOT_DIFFERS


def test_each_entry_can_be_looked_into() -> None:
    def refuse_seven(index: int, leaf: bytes) -> None:
        assert leaf == LEAVES[index]
        if index == 7:
            raise LeafMalformed("seven")

    verdict = check_log(LEAVES, signed(SIZE), inspect=refuse_seven)
    assert kinds(verdict) == [(Kind.ENTRY_MALFORMED, 7, 7)]
    assert verdict.findings[0].detail == "seven"


SUBJECT = str(UUID(int=5))
NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


def test_an_entry_that_the_log_wrote_passes_inspection() -> None:
    inspect_entry(8, leaf_bytes(event_body(subject=SUBJECT), NOON, [Link(SUBJECT, 2, 7)]))


@pytest.mark.parametrize(
    "leaf",
    [
        b"no leaf",
        leaf_bytes(b"{}", NOON, []),
        leaf_bytes(event_body(subject=SUBJECT), NOON, []),
        leaf_bytes(event_body(), NOON, [Link(SUBJECT, 1, None)]),
        leaf_bytes(event_body(subject=SUBJECT), NOON, [Link(SUBJECT, 2, 8)]),
        leaf_bytes(event_body(subject=SUBJECT), NOON, [Link(SUBJECT, 2, 99)]),
    ],
)
def test_an_entry_that_the_log_could_not_have_written_does_not(leaf: bytes) -> None:
    with pytest.raises(Invalid):
        inspect_entry(8, leaf)


def test_progress_is_told_after_every_entry() -> None:
    heard: list[int] = []
    check_log(LEAVES, signed(SIZE), progress=heard.append)
    assert heard == list(range(1, SIZE + 1))


def test_the_log_is_read_once_and_never_held() -> None:
    alive = 0

    class Watched(bytes):
        def __new__(cls, value: bytes) -> Self:
            nonlocal alive
            alive += 1
            return super().__new__(cls, value)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    most = 0

    def leaves() -> Iterator[bytes]:
        nonlocal most
        for leaf in LEAVES:
            yield Watched(leaf)
            most = max(most, alive)

    assert check_log(leaves(), signed(SIZE)).intact
    assert most <= 2
