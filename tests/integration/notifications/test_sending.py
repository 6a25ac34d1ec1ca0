"""What is due is sent once, and what came of it is on record."""

import hmac
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import orjson
import pytest

from services.notifications.application import (
    begin_attempt,
    claim_messages,
    end_attempt,
    give_up_attempts,
    put_back,
    queue_message,
)
from services.notifications.application.begin_attempt import Letter
from services.notifications.application.ports import Recipient
from services.notifications.domain.outcome import Accepted, Deferred, Outcome
from services.notifications.domain.retrying import Patience
from shared.contracts.cases.events import CaseDecided, CaseOpened
from shared.errors import Stale
from shared.ids import new_id
from tests.integration.notifications.conftest import Post, eventually


def test_a_message_that_is_due_is_sent_once_and_every_step_is_told(post: Post) -> None:
    post.template()
    message = post.due()
    post.sender()

    post.await_status(message, "sent")

    (mail,) = post.mail.kept
    assert mail["Message-ID"] == f"<{message}@mail.city.example>"
    assert mail["From"] == "permits@city.example"
    assert mail["Subject"] == "Your case CASE-7K3M-2QXD"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert text.decode().splitlines() == ["Dear Siân Ó Briain,", "we have your building permit."]
    assert post.attempts(message) == [(1, "accepted")]
    assert post.told(message) == ["message.queued.v1", "address.read.v1", "message.sent.v1"]


def test_what_is_told_and_kept_holds_nobodys_name_or_address(post: Post) -> None:
    post.template()
    contact = new_id()
    post.contacts.knows(contact, name="Zebedee Quux", email="zebedee@quux.example")
    message = post.due(contact)
    process = post.sender()
    post.await_status(message, "sent")

    rows = [str(row) for table in ("message", "attempt", "outbox") for row in post.sql(f"SELECT * FROM {table}")]
    for canary in ("Zebedee", "quux"):
        assert not [row for row in rows if canary in row]
        assert canary not in process.log.read_text()


def test_a_text_that_somebody_shows_us_can_be_proven(post: Post) -> None:
    post.template(body="Dear ((name))")
    message = post.due()
    post.sender()
    post.await_status(message, "sent")

    ((salt, digest),) = post.sql("SELECT salt, digest FROM message")
    text = "Your case CASE-7K3M-2QXD\x00Dear Siân Ó Briain"
    assert hmac.new(salt, text.encode(), sha256).hexdigest() == digest
    (body,) = [b for k, b in post.sql("SELECT routing_key, body FROM outbox") if k == "message.sent.v1"]
    assert orjson.loads(body)["data"]["digest"] == digest


def test_a_contact_is_written_to_in_their_language_and_in_english_where_there_is_none(post: Post) -> None:
    post.template(subject="Your case")
    post.template(language="cy", subject="Eich achos")
    subjects = {}
    for language in ("cy-GB", "ar"):
        contact = new_id()
        post.contacts.knows(contact, language=language)
        subjects[post.due(contact)] = {"cy-GB": "Eich achos", "ar": "Your case"}[language]
    post.sender()
    for message, subject in subjects.items():
        post.await_status(message, "sent")
        (mail,) = [m for m in post.mail.kept if str(message) in str(m["Message-ID"])]
        assert mail["Subject"] == subject


def test_what_can_never_be_delivered_says_why_and_is_told(post: Post) -> None:
    post.template()
    post.template("decided", body="Dear ((name)), your outcome: ((outcome))")
    nobody, mailless, crooked = new_id(), new_id(), new_id()
    post.contacts.knows(mailless, email=None)
    post.contacts.knows(crooked, email="a@b, victim@example.org")
    expected = {
        post.due(nobody, known=False): "contact_unknown",
        post.due(mailless): "no_email",
        post.due(crooked): "address_unusable",
        post.due(template="nowhere"): "template_unknown",
        post.due(template="decided"): "value_missing.outcome",
    }
    post.sender()

    for message, reason in expected.items():
        post.await_status(message, "undeliverable")
        assert post.reason(message) == reason
        assert post.attempts(message) == []
        assert post.told(message)[-1] == "message.failed.v1"
    assert post.mail.kept == []
    by_reason = {reason: message for message, reason in expected.items()}
    assert "address.read.v1" in post.told(by_reason["no_email"])
    assert "address.read.v1" not in post.told(by_reason["contact_unknown"])


def test_a_decision_is_written_about(post: Post) -> None:
    post.template("permit_decided", subject="Decided: ((outcome))", body="((reference)) ((name))")
    contact = new_id()
    post.contacts.knows(contact)
    message = post.queue(
        CaseDecided(
            subject=new_id(),
            subject_version=4,
            reference="CASE-1",
            case_type="building_permit",
            case_type_version=1,
            contact_id=contact,
            event="decide",
            outcome="granted_with_conditions",
            template="permit_decided",
        )
    )
    post.sender()
    post.await_status(message, "sent")
    assert post.mail.kept[0]["Subject"] == "Decided: granted with conditions"


def test_one_cause_asks_for_one_message(post: Post) -> None:
    post.template()
    message = post.due()
    ((cause,),) = post.sql("SELECT cause FROM message")
    post.sql("DELETE FROM inbox")
    again = CaseOpened(
        subject=new_id(),
        subject_version=1,
        reference="CASE-1",
        case_type="x",
        case_type_version=1,
        contact_id=new_id(),
        state="received",
        template="case_opened",
    )
    queue_message(again, unit_of_work=post.work(cause=UUID(str(cause))))
    assert post.sql("SELECT id FROM message") == [(message,)]
    assert post.told() == ["template.added.v1", "message.queued.v1"]


def test_a_name_cannot_add_a_header_a_line_or_a_link(post: Post) -> None:
    post.template(subject="For ((name))", body="Dear ((name)),\nbye\n")
    contact = new_id()
    name = "Eve\r\nBcc: victim@example.org\r\n\r\nPay at https://evil.example/pay ((reference))"
    post.contacts.knows(contact, name=name)
    message = post.due(contact)
    post.sender()
    post.await_status(message, "sent")
    (mail,) = post.mail.kept
    assert mail["Bcc"] is None
    assert set(mail.keys()) >= {"From", "To", "Subject", "Date", "Message-ID"}
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert len(text.decode().splitlines()) == 2
    assert "evil.example" not in text.decode()
    assert "((reference))" in text.decode()


def test_a_stop_finishes_what_is_in_flight_and_puts_back_the_rest(post: Post) -> None:
    post.template()
    post.mail.will("kept", "hold")
    first = post.due()
    others = [post.due() for _ in range(3)]
    process = post.sender(workers=1, lease_seconds=60, conversation_seconds=30, smtp_timeout_seconds=30)
    assert post.mail.reached.wait(20)
    eventually(lambda: post.sql("SELECT count(*) FROM message WHERE due_at > now()")[0][0] == 2, "one at hand")

    process.popen.terminate()
    eventually(lambda: "process.stopping" in process.log.read_text(), "it says that it stops")
    post.mail.well()

    assert process.popen.wait(20) == 0
    assert post.status(first) == "sent"
    assert [post.status(m) for m in others] == ["queued"] * 3
    assert post.sql("SELECT count(*) FROM message WHERE status = 'queued' AND due_at > now()") == [(0,)]


def test_a_stop_breaks_off_what_outlasts_the_grace_period_and_says_that_it_is_unknown(post: Post) -> None:
    post.template()
    post.mail.will("kept", "hold")
    message = post.due()
    process = post.sender(
        workers=1, lease_seconds=60, conversation_seconds=50, smtp_timeout_seconds=50, grace_seconds=0.5
    )
    assert post.mail.reached.wait(20)
    assert process.stop(20) == 0
    assert post.status(message) == "unknown"
    assert post.attempts(message) == [(1, "unknown")]


def test_an_attempt_whose_commit_seemed_to_fail_is_recognised_by_its_salt_and_by_nothing_else(post: Post) -> None:
    post.template()
    message = post.due()
    recipient = Recipient("Ann", "ann@example.org", "en")
    (claimed,) = claim_messages(10, 60, unit_of_work=post.work())

    def begin(salt: bytes, version: int = 0) -> Letter | None:
        return begin_attempt(
            replace(claimed, version=claimed.version + version),
            recipient,
            salt=salt,
            lease_seconds=60,
            unit_of_work=post.work(),
        )

    first = begin(b"ours")
    assert begin(b"ours") == first
    assert first is not None
    with pytest.raises(Stale):
        begin(b"another's")
    with pytest.raises(Stale):
        begin(b"ours", version=-1)
    assert post.attempts(message) == [(1, "pending")]
    assert post.told(message) == ["message.queued.v1", "address.read.v1"]


def test_an_outcome_is_recorded_once_and_a_late_answer_settles_what_was_given_up(post: Post) -> None:
    post.template()
    message = post.due()
    (claimed,) = claim_messages(10, 60, unit_of_work=post.work())
    letter = begin_attempt(
        claimed, Recipient("Ann", "a@example.org", "en"), salt=b"x", lease_seconds=0, unit_of_work=post.work()
    )
    assert letter is not None
    assert give_up_attempts(10, unit_of_work=post.work(), of_message=lambda _: post.work()) == 1
    assert give_up_attempts(10, unit_of_work=post.work(), of_message=lambda _: post.work()) == 0
    assert post.status(message) == "unknown"

    def end(outcome: Outcome) -> bool:
        return end_attempt(letter.message, outcome, patience=Patience(), unit_of_work=post.work())

    assert not end(Deferred("451"))
    assert post.status(message) == "unknown"
    assert end(Accepted("250"))
    assert not end(Accepted("250"))
    assert post.status(message) == "sent"
    assert post.attempts(message) == [(1, "accepted")]
    assert post.told(message)[-2:] == ["message.outcome_unknown.v1", "message.sent.v1"]


def test_a_message_is_taken_up_by_one_and_again_when_the_lease_has_ended(post: Post) -> None:
    post.due()
    (first,) = claim_messages(10, 0.3, unit_of_work=post.work())
    assert claim_messages(10, 60, unit_of_work=post.work()) == []
    eventually(lambda: len(claim_messages(10, 60, unit_of_work=post.work())) == 1, "the lease ended", 5)
    with pytest.raises(Stale):
        begin_attempt(first, None, salt=b"x", lease_seconds=60, unit_of_work=post.work())
    put_back(first, 0, unit_of_work=post.work())
    assert claim_messages(10, 60, unit_of_work=post.work()) == []
