"""An interaction proves what was said as long as salt and text are kept together, and nothing afterwards."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.contacts.domain.errors import MomentImpossible
from services.contacts.domain.interaction import AHEAD, EARLIEST, Interaction, happened
from shared.ids import new_id

AT = datetime(2026, 3, 1, tzinfo=UTC)
CALL = Interaction(
    id=new_id(), contact_id=new_id(), channel="phone", direction="inbound", subject="Skip", body="Asked how long.",
    case_id=None, department="city", recorded_by=new_id(), occurred_at=AT, recorded_at=AT, salt=b"s" * 16,
)  # fmt: skip


def test_the_same_text_under_the_same_salt_is_provable() -> None:
    assert CALL.digest() == replace(CALL, id=new_id(), channel="email").digest()
    assert len(CALL.digest()) == 64


@pytest.mark.parametrize("change", [{"subject": "Skips"}, {"body": ""}, {"subject": "SkipA", "body": "sked how long."}])
def test_another_text_has_another_digest(change: dict[str, str]) -> None:
    assert replace(CALL, **change).digest() != CALL.digest()  # type: ignore[arg-type]


def test_different_salts_make_different_digests_of_the_same_text() -> None:
    salts = [bytes([n]) * 16 for n in range(50)]
    assert len({replace(CALL, salt=salt).digest() for salt in salts}) == 50


def test_without_its_salt_a_digest_says_nothing_of_the_text() -> None:
    """Whoever guesses the text right learns nothing once the salt is erased with it."""
    guessed = replace(CALL, salt=b"")
    assert guessed.digest() != CALL.digest()


def test_it_happened_now_unless_an_earlier_moment_is_claimed() -> None:
    assert happened(None, AT) == AT
    for claimed in (EARLIEST, AT - timedelta(days=3), AT + AHEAD):
        assert happened(claimed, AT) == claimed


@pytest.mark.parametrize("claimed", [EARLIEST - timedelta(seconds=1), AT + AHEAD + timedelta(seconds=1)])
def test_a_moment_that_cannot_be_true_is_refused_by_its_place(claimed: datetime) -> None:
    with pytest.raises(MomentImpossible) as error:
        happened(claimed, AT)
    assert [fault["pointer"] for fault in error.value.details["errors"]] == ["/occurred_at"]
