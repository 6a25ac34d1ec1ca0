"""A name is found however it is typed: folding takes away case, accents and space, and never everything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contacts.domain.naming import fold

names = st.text(min_size=1)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Siân  Ó Briain", "sian o briain"),
        ("  SIA\u0302N\u00a0O BRIAIN ", "sian o briain"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("İstanbul", "istanbul"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("ﬁnch", "finch"),
        ("Acme™", "acmetm"),
        ("\uff34\uff4f\uff4b\uff59\uff4f", "tokyo"),
        ("Нью-Йорк", "нью-иорк"),
        ("Ángström", "angstrom"),
    ],
)
def test_a_name_is_folded(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(names)
def test_what_is_folded_is_not_folded_further(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text("abcdefghijklmnopqrstuvwxyzàéîõüÿçñŵŷ ", min_size=1))
def test_case_is_no_difference(name: str) -> None:
    assert fold(name.upper()) == fold(name)


@given(names)
def test_a_name_never_folds_to_nothing_which_would_match_everybody(name: str) -> None:
    assert fold(name) != ""
