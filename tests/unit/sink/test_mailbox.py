"""The mailbox keeps what it was given, counts what came twice, and stays within its limits."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local.sink.mailbox import MOST_LISTED, Mailbox
from deploy.local.sink.message import Received


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    opened = Mailbox(tmp_path / "sink", keep_messages=1000, keep_bytes=1_000_000)
    yield opened
    opened.close()


def mail(number: int = 1, *, to: tuple[str, ...] = ("ann@example.org",), body: bytes = b"hello") -> Received:
    return Received(
        kind="email",
        sender="city@example.org",
        recipients=to,
        subject=f"Letter {number}",
        identity=f"<{number}@example.org>",
        received_at="2026-01-02T03:04:05.000000Z",
        body=body,
    )


def test_what_was_kept_can_be_read_again(mailbox: Mailbox) -> None:
    number = mailbox.keep(mail(body=b"\x00\xff as it came"))
    found = mailbox.get(number)
    assert found is not None
    assert found[1] == b"\x00\xff as it came"
    assert (found[0].subject, found[0].to, found[0].copies) == ("Letter 1", ["ann@example.org"], 1)
    assert mailbox.get(number + 1) is None


def test_messages_survive_a_restart(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.keep(mail())
    mailbox.close()
    again = Mailbox(tmp_path / "sink", keep_messages=1000, keep_bytes=1_000_000)
    assert [message.subject for message in again.listed()] == ["Letter 1"]
    assert again.counts().bytes == 5
    again.close()


def test_what_another_process_would_see_is_on_disk_before_keep_returns(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.keep(mail())
    other = Mailbox(tmp_path / "sink", keep_messages=1000, keep_bytes=1_000_000)
    assert other.counts().emails == 1
    other.close()


def test_the_newest_come_first_and_the_list_goes_on_where_it_stopped(mailbox: Mailbox) -> None:
    for number in range(5):
        mailbox.keep(mail(number))
    first = mailbox.listed(limit=2)
    second = mailbox.listed(limit=2, before=first[-1].id)
    assert [message.subject for message in first + second] == ["Letter 4", "Letter 3", "Letter 2", "Letter 1"]


def test_one_recipients_messages_are_found_whatever_the_case(mailbox: Mailbox) -> None:
    mailbox.keep(mail(1, to=("Ann@Example.org", "bob@example.org")))
    mailbox.keep(mail(2, to=("bob@example.org",)))
    assert [message.subject for message in mailbox.listed(to="ann@example.ORG")] == ["Letter 1"]
    assert len(mailbox.listed(to="bob@example.org")) == 2
    assert mailbox.listed(to="ann@example.org' OR 1=1 --") == []


def test_duplicates_are_counted_by_message_id(mailbox: Mailbox) -> None:
    for number in (1, 1, 1, 2):
        mailbox.keep(mail(number))
    assert mailbox.counts().duplicates == 2
    assert [message.copies for message in mailbox.listed()] == [1, 3, 3, 3]


def test_messages_without_an_id_are_nobodys_duplicates(mailbox: Mailbox) -> None:
    for _ in range(2):
        mailbox.keep(
            Received(kind="sms", sender="", recipients=("1",), subject="", identity="", received_at="", body=b"")
        )
    assert mailbox.counts().duplicates == 0
    assert [message.copies for message in mailbox.listed()] == [1, 1]


def test_the_oldest_give_way_when_there_are_too_many(tmp_path: Path) -> None:
    small = Mailbox(tmp_path, keep_messages=3, keep_bytes=1_000_000)
    for number in range(10):
        small.keep(mail(number))
    assert [message.subject for message in small.listed()] == ["Letter 9", "Letter 8", "Letter 7"]
    assert small.listed(to="ann@example.org", before=small.listed()[-1].id) == []
    small.close()


def test_the_oldest_give_way_when_they_are_too_large(tmp_path: Path) -> None:
    small = Mailbox(tmp_path, keep_messages=1000, keep_bytes=250)
    for number in range(10):
        small.keep(mail(number, body=b"x" * 100))
    assert len(small.listed()) == 2
    assert small.counts().bytes == 200
    small.keep(mail(10, body=b"x" * 1000))
    assert [message.subject for message in small.listed()] == ["Letter 10"], "the newest stays however large"
    small.close()


def test_clearing_forgets_everything_and_ids_are_not_used_again(mailbox: Mailbox) -> None:
    last = max(mailbox.keep(mail(number)) for number in range(3))
    assert mailbox.clear() == 3
    assert mailbox.listed() == mailbox.listed(to="ann@example.org") == []
    assert mailbox.counts().bytes == 0
    assert mailbox.keep(mail()) > last


def test_many_can_write_at_once(mailbox: Mailbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda number: mailbox.keep(mail(number)), range(200)))
    assert len(set(numbers)) == 200
    assert mailbox.counts().emails == 200


def test_a_list_is_never_longer_than_its_limit(mailbox: Mailbox) -> None:
    mailbox.keep(mail())
    assert len(mailbox.listed(limit=10**9)) == 1
    assert MOST_LISTED == 1000
