"""A log that was touched anywhere, by whomever, is found out, at the very entry; one that was not is found intact."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from services.audit.adapters.arrivals import Appended
from services.audit.adapters.ed25519 import generate_key, read_signer
from services.audit.adapters.log_store import append_batch, take_over
from services.audit.domain.checkpoint import Checkpoint, sign_checkpoint
from services.audit.processes.verify import CannotCheck, Gap, Outcome, Report, verify
from services.audit.processes.verify import main as verify_main
from shared.clock import now
from tests.support.audit_log import arrival, arrivals, connect, sequencer
from tests.support.servers import FreshDatabase

ORIGIN = "log.example.gov/test"
SUBJECT = str(UUID(int=5))
SIZES = (120, 256, 600)


@dataclass
class Log:
    """A log of 600 entries with three signed checkpoints, and its public key."""

    store: FreshDatabase
    public: str
    secret: str

    def verify(self, *notes: bytes, thorough: bool = False) -> Report:
        return verify(self.store.url_as("audit_reader"), self.public, notes=notes, thorough=thorough)

    def as_superuser(self, statement: str, *values: object) -> None:
        """What no role of the suite may do."""
        with connect(self.store, "postgres") as connection:
            tables = ("entry", "entry_00000", "entry_key", "entry_subject", "tile", "checkpoint", "log_state", "gap")
            for table in tables:
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
            assert connection.execute(statement.encode(), values).rowcount > 0

    def sign(self, grown: Appended) -> bytes:
        note = sign_checkpoint(Checkpoint(ORIGIN, grown.size, grown.root), [read_signer(self.secret)])
        with connect(self.store, "audit_publisher") as connection:
            connection.execute(
                "INSERT INTO checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, now())",
                (grown.size, grown.root, note.decode()),
            )
        return note

    def grow(self, numbers: range) -> Appended:
        async def grown() -> Appended:
            async with sequencer(self.store) as connection:
                fence = await take_over(connection)
                return await append_batch(connection, arrivals(numbers, subject=SUBJECT), fence)

        return asyncio.run(grown())


@pytest.fixture
def log(database: Callable[[str], FreshDatabase]) -> Log:
    secret, public = generate_key(ORIGIN)
    made = Log(database("audit"), str(public), secret.reveal())
    before = 0
    for size in SIZES:
        made.sign(made.grow(range(before + 1, size + 1)))
        before = size
    return made


def kinds(report: Report) -> list[tuple[str, int]]:
    return [(finding.kind.value, finding.first) for finding in report.findings]


@pytest.mark.parametrize("thorough", [False, True])
def test_an_untouched_log_is_intact(log: Log, thorough: bool) -> None:
    report = log.verify(thorough=thorough)

    assert (report.outcome, report.first_bad_index, report.gaps, report.late) == (Outcome.INTACT, None, [], [])
    assert (report.entries, report.signed_entries, report.checkpoints) == (600, 600, 3)
    assert (report.subjects, report.streams) == (1, 1)


def test_entries_after_the_last_checkpoint_are_counted_apart(log: Log) -> None:
    log.grow(range(601, 611))

    report = log.verify()

    assert (report.outcome, report.entries, report.signed_entries) == (Outcome.INTACT, 610, 600)


@pytest.mark.parametrize("index", [0, 119, 120, 255, 256, 599])
def test_one_altered_entry_is_named(log: Log, index: int) -> None:
    log.as_superuser(
        "UPDATE entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'city.permits', 'city.parking'), 'UTF8') "
        "WHERE idx = %s",
        index,
    )

    report = log.verify()

    assert (report.outcome, report.first_bad_index) == (Outcome.TAMPERED, index)
    assert ("entry_altered", index) in kinds(report)
    assert report.signed_entries == index


def test_an_altered_entry_with_its_hashes_altered_too_is_narrowed_down_by_the_checkpoints(log: Log) -> None:
    log.as_superuser("UPDATE entry SET leaf = leaf || ' ' WHERE idx = 300")
    log.as_superuser("UPDATE entry SET leaf_hash = sha256('\\x00'::bytea || leaf) WHERE idx = 300")
    hashed = "(SELECT leaf_hash FROM entry WHERE idx = 300)"
    log.as_superuser(
        f"UPDATE tile SET data = overlay(data placing {hashed} from 32 * 44 + 1) WHERE level = 0 AND n = 1"
    )

    report = log.verify()

    ((first, last),) = {(f.first, f.last) for f in report.findings if f.kind.value == "root_differs"}
    assert (report.outcome, first, last) == (Outcome.TAMPERED, 256, 599)
    assert report.signed_entries == 256


def test_one_altered_hash_beside_an_entry_is_named(log: Log) -> None:
    log.as_superuser("UPDATE entry SET leaf_hash = sha256('other') WHERE idx = 42")

    assert (log.verify().outcome, kinds(log.verify())) == (Outcome.TAMPERED, [("hash_altered", 42)])


def test_one_altered_hash_in_a_tile_is_named(log: Log) -> None:
    log.as_superuser("UPDATE tile SET data = overlay(data placing sha256('other') from 32 * 77 + 1) WHERE n = 0")

    assert kinds(log.verify()) == [("hash_altered", 77), ("hash_altered", 77)]


@pytest.mark.parametrize("size", SIZES)
def test_one_altered_checkpoint_is_named(log: Log, size: int) -> None:
    log.as_superuser("UPDATE checkpoint SET note = replace(note, %s, '999') WHERE size = %s", f"\n{size}\n", size)

    report = log.verify()

    assert (report.outcome, kinds(report)) == (Outcome.TAMPERED, [("checkpoint_altered", size - 1)])


def test_a_checkpoint_of_another_key_is_no_checkpoint(log: Log) -> None:
    other, _ = generate_key(ORIGIN)
    forged = sign_checkpoint(Checkpoint(ORIGIN, 600, b"x" * 32), [read_signer(other.reveal())])
    log.as_superuser("UPDATE checkpoint SET note = %s, root = %s WHERE size = 600", forged.decode(), b"x" * 32)

    assert kinds(log.verify()) == [("checkpoint_altered", 599)]


def test_a_removed_entry_is_named(log: Log) -> None:
    log.as_superuser("DELETE FROM entry WHERE idx = 400")

    report = log.verify()

    assert (report.outcome, report.first_bad_index) == (Outcome.TAMPERED, 400)
    assert ("entry_missing", 400) in kinds(report)


def test_a_log_that_was_cut_off_with_its_checkpoints_is_found_out_by_a_checkpoint_kept_elsewhere(log: Log) -> None:
    kept = log.sign(log.grow(range(601, 701)))
    for table, column in (("entry", "idx"), ("entry_key", "idx"), ("entry_subject", "idx"), ("checkpoint", "size - 1")):
        log.as_superuser(f"DELETE FROM {table} WHERE {column} >= 600")
    with connect(log.store, "postgres") as connection:
        root = connection.execute("SELECT root FROM checkpoint WHERE size = 600").fetchone()
        assert root is not None
    log.as_superuser("UPDATE log_state SET size = 600, root = %s", root[0])
    log.as_superuser("UPDATE producer_stream SET highest_sequence = 600, next_sequence = 601")

    assert log.verify().outcome is Outcome.INTACT, "the store alone cannot tell"
    assert kinds(log.verify(kept)) == [("entry_missing", 600)]


def test_a_producers_missing_number_is_a_gap_once_it_is_overdue(log: Log) -> None:
    log.grow(range(602, 605))
    report = log.verify()

    assert (report.outcome, report.gaps) == (Outcome.GAP, [Gap("cases", "e1", 601, 601)])


def test_a_number_that_is_only_late_is_no_gap(log: Log) -> None:
    late = arrival(sequence=602)

    async def grown() -> None:
        async with sequencer(log.store) as connection:
            just_now = type(late)(late.event, late.body, now())
            await append_batch(connection, [just_now], await take_over(connection))

    asyncio.run(grown())
    report = log.verify()

    assert (report.outcome, report.gaps, report.late) == (Outcome.INTACT, [], [Gap("cases", "e1", 601, 601)])


def test_a_gap_on_record_counts_until_it_is_closed(log: Log) -> None:
    with connect(log.store, "audit_sequencer") as connection:
        connection.execute("INSERT INTO gap VALUES ('cases', 'e1', 700, 705, now())")
        assert log.verify().gaps == [Gap("cases", "e1", 700, 705)]
        connection.execute("UPDATE gap SET closed_at = now()")
        assert log.verify().outcome is Outcome.INTACT


def test_what_is_no_key_checks_nothing(log: Log) -> None:
    with pytest.raises(CannotCheck, match="public key"):
        verify(log.store.url_as("audit_reader"), "not a key")


def test_a_checkpoint_of_another_log_checks_nothing(log: Log) -> None:
    with pytest.raises(CannotCheck, match="kept elsewhere"):
        log.verify(b"nothing\n")


def test_a_store_that_does_not_answer_checks_nothing(log: Log) -> None:
    with pytest.raises(CannotCheck, match="cannot be read"):
        verify("postgresql://nobody@127.0.0.1:1/nothing", log.public)


@pytest.fixture
def key_file(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDIT_READER_DATABASE_URL", log.store.url_as("audit_reader"))
    file = tmp_path / "log.pub"
    file.write_text(f"{log.public}\n")
    return file


def test_the_process_says_what_it_found_as_json_and_by_its_exit_status(
    log: Log, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_main([str(key_file)]) == Outcome.INTACT
    log.as_superuser("UPDATE entry SET leaf = leaf || ' ' WHERE idx = 300")
    assert verify_main([str(key_file)]) == Outcome.TAMPERED
    told = json.loads(capsys.readouterr().out.split("\n}\n")[1] + "}")
    assert (told["outcome"], told["first_bad_index"]) == ("tampered", 300)


def test_the_process_ends_with_3_where_it_cannot_check(key_file: Path) -> None:
    assert verify_main([str(key_file.with_name("absent"))]) == Outcome.UNCHECKED


def test_the_process_ends_with_64_where_it_was_asked_wrongly(key_file: Path) -> None:
    asked = [sys.executable, "-m", "services.audit.processes.verify", str(key_file), "--nonsense"]
    assert subprocess.run(asked, check=False, env=os.environ, capture_output=True).returncode == Outcome.USAGE
