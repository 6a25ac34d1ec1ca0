"""Keeps what came in, so that a restart loses nothing, and never more than it was told to keep."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.sink.message import Received

MOST_LISTED = 1000
REMOVED_AT_ONCE = 100
TABLES = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
    subject TEXT NOT NULL, identity TEXT NOT NULL, received_at TEXT NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS message_identity ON message (identity);
CREATE TABLE IF NOT EXISTS recipient (
    address TEXT NOT NULL, message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
    PRIMARY KEY (address, message_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS recipient_message ON recipient (message_id);
"""
LISTED = """
SELECT id, kind, sender, recipients, subject, identity, received_at, size,
       CASE identity WHEN '' THEN 1 ELSE (SELECT count(*) FROM message AS same WHERE same.identity = message.identity) END
FROM message
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A message in the mailbox, without its body; `copies` is how many carry the same Message-ID or reference."""

    id: int
    kind: str
    sender: str
    to: list[str]
    subject: str
    identity: str
    received_at: str
    size: int
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much is kept; `duplicates` is how many were one too many, by Message-ID or reference."""

    emails: int
    sms: int
    duplicates: int
    bytes: int


@dataclass(slots=True)
class Mailbox:
    """A file in the spool folder. Safe to use from several threads."""

    folder: Path
    keep_messages: int
    keep_bytes: int
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: sqlite3.Connection = field(init=False)
    _messages: int = field(init=False)
    _bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open = sqlite3.connect(self.folder / "messages.db", check_same_thread=False, isolation_level=None)
        self._open.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing; only a machine that loses power may lose the last moments.
        self._open.execute("PRAGMA synchronous = NORMAL")
        self._open.execute("PRAGMA foreign_keys = ON")
        self._open.executescript(TABLES)
        self._recount()

    def keep(self, message: Received) -> int:
        """The message is in the mailbox, under the returned id; the oldest gave way if there was no room."""
        row = (message.kind, message.sender, json.dumps(message.recipients), message.subject, message.identity)
        with self._changing() as database:
            cursor = database.execute(
                "INSERT INTO message (kind, sender, recipients, subject, identity, received_at, size, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, message.received_at, len(message.body), message.body),
            )
            number = int(cursor.lastrowid or 0)
            database.executemany(
                "INSERT OR IGNORE INTO recipient VALUES (?, ?)",
                [(address.lower(), number) for address in message.recipients],
            )
            self._messages += 1
            self._bytes += len(message.body)
            self._make_room(database)
        return number

    def listed(self, *, to: str | None = None, before: int | None = None, limit: int = 100) -> list[Kept]:
        """The newest messages first; `before` continues after the last one of an earlier list."""
        wanted: list[str] = []
        values: list[str | int] = []
        if to is not None:
            wanted.append("id IN (SELECT message_id FROM recipient WHERE address = ?)")
            values.append(to.lower())
        if before is not None:
            wanted.append("id < ?")
            values.append(before)
        where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
        with self._lock:
            query = f"{LISTED}{where} ORDER BY id DESC LIMIT ?"
            rows = self._open.execute(query, (*values, min(limit, MOST_LISTED))).fetchall()
        return [_kept(row) for row in rows]

    def get(self, number: int) -> tuple[Kept, bytes] | None:
        """One message with its body as it came."""
        with self._lock:
            row = self._open.execute(f"{LISTED} WHERE id = ?", (number,)).fetchone()
            body = self._open.execute("SELECT body FROM message WHERE id = ?", (number,)).fetchone()
        return (_kept(row), bytes(body[0])) if row and body else None

    def counts(self) -> Counts:
        """How much of what is here."""
        with self._lock:
            kinds = dict(self._open.execute("SELECT kind, count(*) FROM message GROUP BY kind").fetchall())
            (named, distinct) = self._open.execute(
                "SELECT count(*), count(DISTINCT identity) FROM message WHERE identity <> ''"
            ).fetchone()
            size = self._bytes
        return Counts(emails=kinds.get("email", 0), sms=kinds.get("sms", 0), duplicates=named - distinct, bytes=size)

    def clear(self) -> int:
        """Nothing is kept any more; returns how much it was. Ids go on from where they were."""
        with self._changing() as database:
            removed = database.execute("DELETE FROM message").rowcount
            self._messages = self._bytes = 0
        return removed

    def close(self) -> None:
        """Everything is on disk and the file is free."""
        with self._lock:
            self._open.close()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._open.execute("BEGIN IMMEDIATE")
            try:
                yield self._open
            except BaseException:
                self._open.execute("ROLLBACK")
                self._recount()
                raise
            self._open.execute("COMMIT")

    def _make_room(self, database: sqlite3.Connection) -> None:
        while self._messages > 1 and (self._messages > self.keep_messages or self._bytes > self.keep_bytes):
            over = max(1, self._messages - self.keep_messages)
            oldest = database.execute("SELECT id, size FROM message ORDER BY id LIMIT ?", (min(over, REMOVED_AT_ONCE),))
            for number, size in oldest.fetchall():
                database.execute("DELETE FROM message WHERE id = ?", (number,))
                self._messages -= 1
                self._bytes -= size

    def _recount(self) -> None:
        count = self._open.execute("SELECT count(*), coalesce(sum(size), 0) FROM message").fetchone()
        self._messages, self._bytes = count


def _kept(row: tuple[int, str, str, str, str, str, str, int, int]) -> Kept:
    number, kind, sender, recipients, subject, identity, received_at, size, copies = row
    return Kept(
        id=number,
        kind=kind,
        sender=sender,
        to=json.loads(recipients),
        subject=subject,
        identity=identity,
        received_at=received_at,
        size=size,
        copies=copies,
    )
