"""Identifiers sort by time, and a reference that was misread is noticed."""

import time
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import ALPHABET, check_character, is_reference, new_id, new_reference

bodies = st.text(st.sampled_from(ALPHABET), min_size=7, max_size=7)


def written(body: str) -> str:
    text = body + check_character(body)
    return f"CASE-{text[:4]}-{text[4:]}"


def test_an_id_is_a_version_7_uuid() -> None:
    made = new_id()
    assert (made.version, made.variant) == (7, RFC_4122)


def test_an_id_holds_the_millisecond_in_which_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_ids_of_later_milliseconds_sort_later(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(1_700_000_000_000, 1_700_000_000_050))
    monkeypatch.setattr("shared.ids.time.time_ns", lambda: next(moments) * 1_000_000)
    made = [new_id() for _ in range(50)]
    assert made == sorted(made)


def test_ids_are_not_repeated() -> None:
    assert len({new_id() for _ in range(5_000)}) == 5_000


def test_the_alphabet_spells_nothing_and_confuses_nothing() -> None:
    assert not set("AEIOUL") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 30


def test_a_new_reference_is_a_reference() -> None:
    for _ in range(200):
        reference = new_reference("CASE")
        assert is_reference(reference, "CASE")
        assert [len(part) for part in reference.split("-")] == [4, 4, 4]


@given(bodies)
def test_a_reference_may_be_typed_in_small_letters_and_without_its_second_dash(body: str) -> None:
    reference = written(body)
    assert is_reference(reference.lower(), "CASE")
    assert is_reference(reference[:9] + reference[10:], "CASE")


@given(bodies, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(body: str, place: int, wrong: str) -> None:
    text = body + check_character(body)
    misread = text[:place] + wrong + text[place + 1 :]
    assert is_reference(f"CASE-{misread}", "CASE") == (misread == text)


def test_all_single_errors_of_one_reference_are_noticed() -> None:
    text = "7K3M2QX"
    text += check_character(text)
    for place in range(8):
        for wrong in set(ALPHABET) - {text[place]}:
            assert not is_reference(f"CASE-{text[:place]}{wrong}{text[place + 1 :]}", "CASE")


def test_most_swapped_neighbours_are_noticed() -> None:
    swaps = [(a, b) for a in ALPHABET for b in ALPHABET if a != b]
    unnoticed = [(a, b) for a, b in swaps if check_character(f"{a}{b}00000") == check_character(f"{b}{a}00000")]
    assert len(unnoticed) / len(swaps) < 0.01


@given(st.text(max_size=20))
def test_no_text_whatever_makes_the_check_fail_with_an_error(text: str) -> None:
    assert is_reference(text, "CASE") in {True, False}


@pytest.mark.parametrize("text", ["", "CASE", "CASE-", "CASE-7K3M", "7K3M-2QXD", "CON-7K3M-2QXD", "CASE-7K3M-2QXDD"])
def test_what_is_no_reference_of_this_kind_is_refused(text: str) -> None:
    assert not is_reference(text, "CASE")
