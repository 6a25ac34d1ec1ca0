"""SIGKILL at every step between a message that is due and its outcome on record: never twice, never silently lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest

from tests.integration.notifications.conftest import Post, await_copies, eventually
from tests.support.processes import Process

AFTERWARDS_SECONDS = 4.0
"""Longer than a lease: whatever would be sent again has been by then."""


@contextmanager
def held(post: Post, message: UUID) -> Iterator[None]:
    """The message's row is locked: whoever changes it waits."""
    with psycopg.connect(post.store.owner_url.replace("+psycopg", "")) as connection:
        connection.execute("SELECT 1 FROM message WHERE id = %s FOR UPDATE", (message,))
        yield


def waits_for_a_lock(post: Post) -> bool:
    with psycopg.connect(post.store.url_as("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
    return found is not None and found[0] > 0


def patient(post: Post) -> Process:
    """A sender that will not time out before it is killed."""
    return post.sender(statement_timeout_ms=60_000, smtp_timeout_seconds=1.9)


def test_killed_while_contacts_is_asked_it_is_sent_once_by_the_next(post: Post) -> None:
    post.template()
    post.contacts.holding.set()
    message = post.due()
    process = patient(post)
    eventually(lambda: bool(post.contacts.asked), "contacts is asked")
    process.kill()
    assert post.attempts(message) == []

    post.contacts.holding.clear()
    post.sender()
    post.await_status(message, "sent")
    assert post.attempts(message) == [(1, "accepted")]
    assert list(post.mail.copies.values()) == [1]


def test_killed_in_the_transaction_of_the_attempt_nothing_of_it_remains(post: Post) -> None:
    post.template()
    message = post.due()
    with psycopg.connect(post.store.owner_url.replace("+psycopg", "")) as connection:
        connection.execute("LOCK TABLE attempt IN SHARE MODE")  # reading goes on; writing an attempt waits
        process = patient(post)
        eventually(lambda: waits_for_a_lock(post), "the attempt is being written")
        process.kill()
    assert post.mail.kept == []
    eventually(lambda: post.status(message) == "queued", "rolled back")
    assert post.told(message) == ["message.queued.v1"]

    post.sender()
    post.await_status(message, "sent")
    assert post.attempts(message) == [(1, "accepted")]
    assert list(post.mail.copies.values()) == [1]


@pytest.mark.parametrize("stage", ["mail", "data"])
def test_killed_after_the_attempt_is_committed_and_before_the_server_has_it_it_is_unknown(
    post: Post, stage: str
) -> None:
    post.template()
    post.mail.will(stage, "hold")
    message = post.due()
    process = patient(post)
    assert post.mail.reached.wait(20)
    assert post.attempts(message) == [(1, "pending")]
    process.kill()
    post.mail.well()

    post.sender()
    post.await_status(message, "unknown")
    _nothing_more_happens(post, message)
    assert sum(post.mail.copies.values()) <= 1
    assert post.reason(message) == "sender_lost"


def test_killed_after_the_server_has_it_and_before_its_answer_it_is_unknown_and_sent_once(post: Post) -> None:
    post.template()
    post.mail.will("kept", "hold")
    message = post.due()
    process = patient(post)
    assert post.mail.reached.wait(20)
    process.kill()
    post.mail.well()

    post.sender()
    post.await_status(message, "unknown")
    _nothing_more_happens(post, message)
    assert list(post.mail.copies.values()) == [1]


def test_killed_after_the_answer_and_before_the_outcome_is_committed_it_is_unknown_and_sent_once(post: Post) -> None:
    post.template()
    post.mail.will("kept", "hold")
    message = post.due()
    process = patient(post)
    assert post.mail.reached.wait(20)
    with held(post, message):
        post.mail.well()
        eventually(lambda: waits_for_a_lock(post), "the outcome is being written")
        process.kill()
    assert post.status(message) == "sending"

    post.sender()
    post.await_status(message, "unknown")
    _nothing_more_happens(post, message)
    assert list(post.mail.copies.values()) == [1]


def test_killed_again_and_again_under_load_due_is_sent_plus_unknown_and_nothing_is_doubled(post: Post) -> None:
    post.template()
    for _ in range(150):
        post.due()
    for _ in range(6):
        process = post.sender(ready=False, workers=6)
        await_copies(post, min(150, len(post.mail.kept) + 15))
        process.kill()
        if len(post.mail.kept) >= 150:
            break
    post.sender(workers=6)
    eventually(lambda: post.sql("SELECT count(*) FROM message WHERE finished_at IS NULL") == [(0,)], "all is settled")
    counts = dict(post.sql("SELECT status, count(*) FROM message GROUP BY status"))
    assert set(counts) <= {"sent", "unknown"}
    assert sum(counts.values()) == 150
    assert set(post.mail.copies.values()) == {1}
    assert counts["sent"] <= len(post.mail.kept) <= 150
    keys = post.told()
    assert keys.count("message.sent.v1") == counts["sent"]
    assert keys.count("message.outcome_unknown.v1") == counts.get("unknown", 0)


def _nothing_more_happens(post: Post, message: UUID) -> None:
    copies = len(post.mail.kept)
    time.sleep(AFTERWARDS_SECONDS)
    assert post.status(message) == "unknown"
    assert post.attempts(message) == [(1, "unknown")]
    assert len(post.mail.kept) == copies
    assert post.told(message) == ["message.queued.v1", "address.read.v1", "message.outcome_unknown.v1"]
