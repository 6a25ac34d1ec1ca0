"""The steps a message may take, cell by cell, and what it may say."""

from dataclasses import replace
from typing import get_args

import pytest

from services.notifications.domain.errors import StepIllegal
from services.notifications.domain.message import About, Message, Status, Written, digest_of
from services.notifications.domain.outcome import Accepted, Deferred, Outcome, Rejected, Unknown
from services.notifications.domain.retrying import Patience
from services.notifications.domain.template import Text
from shared.clock import now
from shared.ids import new_id

WRITTEN = Written("en", 3, b"salt", "digest")


def message(status: Status = "queued") -> Message:
    return Message(
        id=new_id(), contact_id=new_id(), case_id=new_id(), department="city.permits", template="case_opened",
        cause=new_id(), about=About("CASE-1", "building_permit"), traceparent="", created_at=now(), status=status,
    )  # fmt: skip


LEGAL: dict[type[Outcome], dict[Status, Status]] = {
    Accepted: {"sending": "sent", "unknown": "sent"},
    Rejected: {"sending": "rejected", "unknown": "rejected"},
    Deferred: {"sending": "queued"},
    Unknown: {"sending": "unknown"},
}


@pytest.mark.parametrize("status", get_args(Status))
@pytest.mark.parametrize("outcome", LEGAL)
def test_an_outcome_moves_a_message_only_from_where_it_can(outcome: type[Outcome], status: Status) -> None:
    stands = message(status)
    expected = LEGAL[outcome].get(status)
    if expected is None:
        before = replace(stands)
        with pytest.raises(StepIllegal):
            stands.end(outcome("x"), now())
        assert stands == before
    else:
        stands.end(outcome("x"), now())
        assert (stands.status, stands.version) == (expected, 2)


@pytest.mark.parametrize("status", [s for s in get_args(Status) if s != "queued"])
def test_only_a_queued_message_begins_an_attempt_so_unknown_is_never_sent_again(status: Status) -> None:
    with pytest.raises(StepIllegal):
        message(status).begin(WRITTEN)
    with pytest.raises(StepIllegal):
        message(status).fail("no_email", now())
    with pytest.raises(StepIllegal):
        message(status).go_unread(1, now())


def test_each_attempt_has_the_next_number() -> None:
    stands = message()
    stands.begin(WRITTEN)
    stands.end(Deferred("451"), now())
    stands.begin(WRITTEN)
    assert (stands.attempts, stands.status, stands.finished_at) == (2, "sending", None)


def test_a_finished_message_says_when_and_why() -> None:
    stands = message("sending")
    stands.end(Rejected("550 5.1.1"), now())
    assert stands.reason == "550 5.1.1"
    assert stands.finished_at is not None


def test_codes_are_written_in_words() -> None:
    values = About("CASE-1", "building_permit", "granted-with_conditions").values("Ann")
    assert values == {
        "name": "Ann", "reference": "CASE-1", "case_type": "building permit", "outcome": "granted with conditions",
    }  # fmt: skip


def test_the_digest_depends_on_text_and_salt() -> None:
    text = Text("s", "b")
    assert digest_of(text, b"1") != digest_of(text, b"2")
    assert digest_of(text, b"1") != digest_of(Text("s", "c"), b"1")
    assert digest_of(text, b"1") == digest_of(Text("s", "b"), b"1")


def test_waits_double_from_the_first_to_the_longest() -> None:
    patience = Patience(5, 60)
    assert [patience.after(n) for n in (1, 2, 3, 4, 5, 6, 10_000)] == [5, 10, 20, 40, 60, 60, 60]


def test_a_contact_that_cannot_be_read_is_borne_a_number_of_times_in_a_row() -> None:
    stands = message()
    stands.go_unread(3, now())
    stands.go_unread(3, now())
    assert (stands.status, stands.unread, stands.attempts, stands.finished_at) == ("queued", 2, 0, None)
    stands.begin(WRITTEN)
    stands.end(Deferred("451"), now())
    assert stands.unread == 0
    for _ in range(3):
        stands.go_unread(3, now())
    assert (stands.status, stands.reason, stands.attempts) == ("undeliverable", "contact_unreadable", 1)
    assert stands.finished_at is not None
