"""There are six ways to fail, and every error is one of them."""

import pytest

from shared import errors
from shared.errors import KINDS, Conflict, Invalid, NotFound, ServiceError, Stale, TooMany, Unavailable, kind_of


class ThingUnknown(NotFound):
    """There is no such thing here.

    More is said for programmers.
    """

    code = "things.unknown"


def test_there_are_six_kinds() -> None:
    assert [kind.__name__ for kind in KINDS] == [
        "Invalid", "Forbidden", "NotFound", "Conflict", "TooMany", "Unavailable",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_its_own_kind(kind: type[ServiceError]) -> None:
    assert kind_of(kind()) is kind


def test_a_subclass_is_of_the_kind_it_was_made_from() -> None:
    assert kind_of(ThingUnknown()) is NotFound
    assert kind_of(Stale()) is Conflict


def test_an_error_without_words_says_the_first_line_of_its_promise() -> None:
    assert ThingUnknown().message == "There is no such thing here."
    assert str(ThingUnknown()) == "There is no such thing here."


def test_words_code_and_details_given_win() -> None:
    error = Invalid("The name is empty.", code="contacts.nameless", pointer="/name")
    assert (error.message, error.error_code) == ("The name is empty.", "contacts.nameless")
    assert error.details == {"pointer": "/name"}


def test_giving_one_error_a_code_changes_no_other() -> None:
    TooMany(code="special")
    assert TooMany().error_code == "too_many"


def test_kinds_know_nothing_of_http() -> None:
    assert not [name for name in vars(errors) if "status" in name.lower() or "http" in name.lower()]


def test_codes_are_stable_words() -> None:
    assert [kind.code for kind in KINDS] == [
        "invalid", "forbidden", "not_found", "conflict", "too_many", "unavailable",
    ]  # fmt: skip
    assert Unavailable().error_code == "unavailable"
