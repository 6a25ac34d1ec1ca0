"""Checks the whole log against its public key: `python -m services.audit.processes.verify PUBLIC_KEY_FILE [NOTE...]`.

Nothing is believed but the key and the bytes: every entry is hashed again, every checkpoint's signature and root is
checked, every chain and every producer's numbers are followed. The address of the store is AUDIT_READER_DATABASE_URL.
NOTE is a checkpoint that was kept elsewhere: with one, a log that was cut off and signed again is found out too.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

import psycopg
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.audit.adapters.checkpoint_store import SignedCheckpoint, all_checkpoints
from services.audit.adapters.ed25519 import read_verifier
from services.audit.adapters.log_reader import read_plainly, state
from services.audit.adapters.whole_log import WholeLog, follower, late_since, on_record, said_twice
from services.audit.domain.checking import Finding, Kind, Verdict, check_log, inspect_entry
from services.audit.domain.checkpoint import Checkpoint, open_checkpoint
from services.audit.domain.following import Following
from services.audit.domain.gaps import GRACE
from services.audit.domain.note import Verifier
from shared.clock import now
from shared.errors import ServiceError
from shared.settings import read

TOLD_EVERY = 4_096


class Outcome(IntEnum):
    """How a check ended, as an exit status."""

    INTACT = 0
    TAMPERED = 1
    GAP = 2
    UNCHECKED = 3
    USAGE = 64


class CannotCheck(Exception):
    """The log could not be checked; the message says why."""


@dataclass(frozen=True)
class Gap:
    """Numbers of a producer that are not in the log."""

    producer: str
    epoch: str
    first: int
    last: int


@dataclass
class Report:
    """What was checked, and what was found."""

    origin: str
    entries: int
    root: str
    signed_entries: int
    """Every entry below this one is proven to be the one that was signed."""
    checkpoints: int
    subjects: int
    streams: int
    first_bad_index: int | None
    findings: list[Finding]
    gaps: list[Gap]
    late: list[Gap]
    """Missing for so short a time that they may still be on their way."""
    equivocations: int
    """How often a producer gave one number to two events: on record, and an alarm, though the log is whole."""
    seconds: float = 0.0
    entries_per_second: int = field(default=0)

    @property
    def outcome(self) -> Outcome:
        """The worst of it."""
        if self.findings:
            return Outcome.TAMPERED
        return Outcome.GAP if self.gaps or self.equivocations else Outcome.INTACT

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {"outcome": self.outcome.name.lower(), **asdict(self)}


def verify(
    database_url: str,
    public_key: str,
    *,
    notes: Sequence[bytes] = (),
    thorough: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> Report:
    """Check the log; `progress` hears how many entries of how many are done. Raises CannotCheck."""
    begun = time.perf_counter()
    verifier = _verifier(public_key)
    try:
        with psycopg.connect(_plain(database_url), connect_timeout=5, options="-c timezone=UTC") as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # one moment of a log that grows
            report = _verify(connection, verifier, notes, thorough=thorough, progress=progress)
    except psycopg.Error as error:
        raise CannotCheck(f"The log's store cannot be read: {type(error).__name__}.") from error
    report.seconds = round(time.perf_counter() - begun, 3)
    report.entries_per_second = round(report.entries / report.seconds) if report.seconds else 0
    return report


def _verify(
    connection: psycopg.Connection[Any],
    verifier: Verifier,
    notes: Sequence[bytes],
    *,
    thorough: bool,
    progress: Callable[[int, int], object] | None,
) -> Report:
    promised = read_plainly(connection, state()).size
    stored = read_plainly(connection, all_checkpoints())
    checkpoints, forged = _opened(stored, verifier)
    checkpoints += [_kept(note, verifier) for note in notes]
    following = Following()
    reading = _Reading(WholeLog(connection), promised)
    follow = follower(following)

    def inspect(index: int, leaf: bytes) -> None:
        inspect_entry(index, leaf)
        follow(index, leaf)

    def told(done: int) -> None:
        if done % TOLD_EVERY == 0 or done == promised:
            progress(done, promised)  # type: ignore[misc]

    verdict = check_log(
        reading.leaves(),
        checkpoints,
        recorded=reading.recorded(),
        inspect=inspect if thorough else follow,
        progress=told if progress is not None else None,
    )
    findings = sorted([*verdict.findings, *forged, *reading.findings(verdict)], key=lambda found: found.first)
    gaps, late = _gaps(connection, following)
    return Report(
        origin=verifier.name,
        entries=verdict.size,
        root=verdict.root.hex(),
        signed_entries=verdict.confirmed,
        checkpoints=len(checkpoints),
        subjects=following.subjects,
        streams=following.streams,
        first_bad_index=min((found.first for found in findings), default=None),
        findings=findings,
        gaps=gaps,
        late=late,
        equivocations=said_twice(connection),
    )


class _Reading:
    """Hands entries and recorded hashes to the check side by side, and compares the two places of each hash."""

    def __init__(self, log: WholeLog, promised: int) -> None:
        self._log, self._promised = log, promised
        self._beside = b""
        self._differs: Finding | None = None

    def leaves(self) -> Iterator[bytes]:
        for row in self._log.rows():
            self._beside = row.leaf_hash
            yield row.leaf

    def recorded(self) -> Iterator[bytes]:
        # The check asks for an entry first and for its hash next, so both are of the same entry here.
        for index, recorded in enumerate(self._log.recorded_hashes(self._promised)):
            if recorded != self._beside and self._differs is None:
                self._differs = Finding(Kind.HASH_ALTERED, index, index, "the entry's row and its tile differ")
            yield recorded

    def findings(self, verdict: Verdict) -> list[Finding]:
        found = [self._differs] if self._differs and self._differs.first < verdict.size else []
        known = any(finding.kind is Kind.ENTRY_MISSING for finding in verdict.findings)
        if verdict.size < self._promised and not known:
            detail = f"the log says it has {self._promised}"
            found.append(Finding(Kind.ENTRY_MISSING, verdict.size, self._promised - 1, detail))
        return found


def _verifier(public_key: str) -> Verifier:
    try:
        return read_verifier(public_key.strip())
    except ServiceError as error:
        raise CannotCheck(f"The public key is none: {error.message}") from error


def _opened(stored: Sequence[SignedCheckpoint], verifier: Verifier) -> tuple[list[Checkpoint], list[Finding]]:
    opened, forged = [], []
    for one in stored:
        last = max(one.size - 1, 0)
        try:
            checkpoint = open_checkpoint(one.note, [verifier], origin=verifier.name)
        except ServiceError as error:
            forged.append(Finding(Kind.CHECKPOINT_ALTERED, last, last, f"checkpoint {one.size}: {error.message}"))
            continue
        if (checkpoint.size, checkpoint.root) != (one.size, one.root):
            detail = f"checkpoint {one.size}: its row says something else than was signed"
            forged.append(Finding(Kind.CHECKPOINT_ALTERED, last, last, detail))
        opened.append(checkpoint)
    return opened, forged


def _kept(note: bytes, verifier: Verifier) -> Checkpoint:
    try:
        return open_checkpoint(note, [verifier], origin=verifier.name)
    except ServiceError as error:
        raise CannotCheck(
            f"The checkpoint that was kept elsewhere is not of this log and key: {error.message}"
        ) from error


def _gaps(connection: psycopg.Connection[Any], following: Following) -> tuple[list[Gap], list[Gap]]:
    gaps = {Gap(*row) for row in on_record(connection)}
    late = []
    overdue = now() - GRACE
    for (producer, epoch), holes in following.holes().items():
        for hole in holes:
            noticed = late_since(connection, producer, epoch, hole.last + 1)
            gap = Gap(producer, epoch, *hole)
            if any(one.producer == producer and one.epoch == epoch and one.first <= hole.first for one in gaps):
                continue
            if noticed is not None and noticed > overdue:
                late.append(gap)
            else:
                gaps.add(gap)
    return sorted(gaps, key=lambda gap: (gap.producer, gap.epoch, gap.first)), late


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


class VerifySettings(BaseSettings):
    """Where the log is, for whoever checks it."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    reader_database_url: SecretStr = Field(description="The log's store, as a role that may only read")


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        self.exit(Outcome.USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the log once and say what was found, as JSON on standard output."""
    parser = _Arguments(prog="verify", description="Check the whole log.")
    parser.add_argument("public_key", type=Path, help="the file with the log's public key")
    parser.add_argument("notes", type=Path, nargs="*", help="signed checkpoints that were kept elsewhere")
    parser.add_argument("--thorough", action="store_true", help="also read every event in full")
    given = parser.parse_args(arguments)
    settings = read(VerifySettings, "audit")
    try:
        key, *notes = (file.read_bytes() for file in (given.public_key, *given.notes))
        url = settings.reader_database_url.get_secret_value()
        report = verify(url, key.decode(), notes=notes, thorough=given.thorough)
    except (CannotCheck, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return Outcome.UNCHECKED
    sys.stdout.write(json.dumps(report.as_json(), indent=2) + "\n")
    return report.outcome


if __name__ == "__main__":
    sys.exit(main())
