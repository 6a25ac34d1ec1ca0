"""The mail server, contacts or the broker fails: what is certain is acted on, what is not is unknown, nobody is written to twice."""

import time
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest

from shared.ids import new_id
from tests.integration.notifications.conftest import Post, await_copies, eventually


def test_a_permanent_no_is_rejected_and_not_tried_again(post: Post) -> None:
    post.template()
    post.mail.will("rcpt", "550 5.1.1 <somebody@example.org> is not here")
    message = post.due()
    post.sender()
    post.await_status(message, "rejected")
    assert post.reason(message) == "550 5.1.1"
    assert post.attempts(message) == [(1, "rejected")]
    assert post.told(message)[-1] == "message.failed.v1"
    assert "somebody" not in str(post.sql("SELECT * FROM attempt"))


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_no_for_now_is_tried_again_under_the_next_number(post: Post, stage: str) -> None:
    post.template()
    post.mail.will(stage, "451 4.3.0 later", times=2)
    message = post.due()
    post.sender()
    post.await_status(message, "sent")
    assert post.attempts(message) == [(1, "deferred"), (2, "deferred"), (3, "accepted")]
    assert list(post.mail.copies.values()) == [1]


@pytest.mark.parametrize(("times", "attempts"), [(1, ["accepted"]), (2, ["deferred", "accepted"])])
def test_a_connection_lost_before_the_text_was_handed_over_is_made_again(
    post: Post, times: int, attempts: list[str]
) -> None:
    post.template()
    post.mail.will("rcpt", "drop", times=times)
    message = post.due()
    post.sender()
    post.await_status(message, "sent")
    assert [outcome for _, outcome in post.attempts(message)] == attempts
    assert list(post.mail.copies.values()) == [1]


def test_a_connection_lost_after_the_text_was_handed_over_is_unknown_for_ever(post: Post) -> None:
    post.template()
    post.mail.will("kept", "drop", times=1)
    message = post.due()
    post.sender()
    post.await_status(message, "unknown")
    assert post.told(message)[-1] == "message.outcome_unknown.v1"
    after = post.due()
    post.await_status(after, "sent")
    time.sleep(4)  # longer than a lease and every wait
    assert post.attempts(message) == [(1, "unknown")]
    assert set(post.mail.copies.values()) == {1}
    assert len(post.mail.kept) == 2


def test_an_answer_that_does_not_come_in_time_is_unknown(post: Post) -> None:
    post.template()
    post.mail.will("kept", "hold", times=1)
    message = post.due()
    post.sender(smtp_timeout_seconds=0.5)
    post.await_status(message, "unknown")
    post.mail.well()
    assert post.attempts(message) == [(1, "unknown")]
    assert list(post.mail.copies.values()) == [1]


def test_a_mail_server_that_is_down_costs_no_attempt_and_reads_no_address(post: Post) -> None:
    post.template()
    post.mail.stop()
    messages = [post.due() for _ in range(20)]
    process = post.sender()
    eventually(lambda: process.log.read_text().count("sender.waiting") >= 2, "it waits")
    assert post.sql("SELECT count(*) FROM attempt") == [(0,)]
    assert post.contacts.asked == []
    post.mail.start()
    for message in messages:
        post.await_status(message, "sent")
    assert set(post.mail.copies.values()) == {1}
    assert post.sql("SELECT DISTINCT number FROM attempt") == [(1,)]


def test_contacts_that_does_not_answer_is_waited_for(post: Post) -> None:
    post.template()
    post.contacts.error = {"exc_type": "Unavailable", "exc_args": ["down", "store_unavailable", {}]}
    message = post.due()
    process = post.sender()
    eventually(lambda: process.log.read_text().count("sender.waiting") >= 2, "it waits")
    assert post.status(message) == "queued"
    post.contacts.error = None
    post.await_status(message, "sent")
    assert post.attempts(message) == [(1, "accepted")]


FAULTS: dict[str, dict[str, Any]] = {
    "forbidden": {"exc_type": "Forbidden", "exc_args": ["no", "policy", {}]},
    "invalid": {"exc_type": "Invalid", "exc_args": ["no", "invalid", {}]},
    "failed": {"exc_type": "Unavailable", "exc_args": ["oh", "failed", {}]},
    "callee_failed": {"exc_type": "ValueError", "exc_args": ["oh"]},
}


def test_contacts_that_cannot_be_read_are_backed_off_from_and_everybody_else_is_written_to(post: Post) -> None:
    post.template()
    unreadable = {new_id(): fault for fault in FAULTS.values()}
    post.contacts.errors = {str(contact): fault for contact, fault in unreadable.items()}
    crooked = new_id()
    post.contacts.knows(crooked, language=7)
    stuck = {post.due(contact): contact for contact in (*unreadable, crooked)}
    process = post.sender(workers=1, unreadable_tries=4)
    for message in [post.due() for _ in range(10)]:
        post.await_status(message, "sent")
    for message, contact in stuck.items():
        post.await_status(message, "undeliverable")
        assert post.reason(message) == "contact_unreadable"
        assert post.attempts(message) == []
        assert post.told(message) == ["message.queued.v1", "message.failed.v1"]
        assert post.contacts.asked.count(str(contact)) == 4
    waits = [line for line in process.log.read_text().splitlines() if "sender.waiting" in line]
    assert not [line for line in waits if '"name":"contacts"' in line]
    assert len(post.mail.kept) == 10


def test_a_contact_that_can_be_read_again_is_written_to(post: Post) -> None:
    post.template()
    contact = new_id()
    post.contacts.errors = {str(contact): FAULTS["failed"]}
    message = post.due(contact)
    post.sender()
    eventually(lambda: post.contacts.asked.count(str(contact)) >= 2, "it is asked for again")
    post.contacts.errors = {}
    post.await_status(message, "sent")
    assert post.attempts(message) == [(1, "accepted")]
    assert post.sql("SELECT unread FROM message") == [(0,)]


def test_a_store_that_closes_every_connection_delays_and_doubles_nothing(post: Post) -> None:
    post.template()
    messages = [post.due() for _ in range(60)]
    post.sender(lease_seconds=5, conversation_seconds=3)
    for _ in range(4):
        wanted = min(60, len(post.mail.kept) + 1)
        await_copies(post, wanted)
        _cut_connections(post)
    eventually(lambda: post.sql("SELECT count(*) FROM message WHERE finished_at IS NULL") == [(0,)], "all is settled")
    counts = dict(post.sql("SELECT status, count(*) FROM message GROUP BY status"))
    assert set(counts) <= {"sent", "unknown"}
    assert set(post.mail.copies.values()) == {1}
    assert counts["sent"] <= len(post.mail.kept) <= len(messages)


def test_a_broker_that_closes_every_connection_is_waited_for(post: Post) -> None:
    post.template()
    first = post.due()
    post.sender()
    post.await_status(first, "sent")
    post.contacts.stop()
    with httpx.Client(base_url=f"{post.vhost.management_url}/api", timeout=10) as broker:
        listing = f"/vhosts/{post.vhost.name}/connections"
        eventually(lambda: bool(broker.get(listing).json()), "the broker lists the sender's connection")
        for connection in broker.get(listing).json():
            broker.delete(f"/connections/{quote(connection['name'], safe='')}").raise_for_status()
    post.contacts.start()
    second = post.due()
    post.await_status(second, "sent")
    assert set(post.mail.copies.values()) == {1}


def test_two_senders_share_the_work_and_double_nothing(post: Post) -> None:
    post.template()
    messages = [post.due(new_id()) for _ in range(80)]
    post.sender(ready=False)
    post.sender(ready=False)
    for message in messages:
        post.await_status(message, "sent")
    assert len(post.mail.kept) == 80
    assert set(post.mail.copies.values()) == {1}
    assert post.sql("SELECT count(*) FROM attempt") == [(80,)]


def _cut_connections(post: Post) -> None:
    with psycopg.connect(post.store.url_as("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = 'notifications'"
        )
