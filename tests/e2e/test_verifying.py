"""Whoever has the public key can check the record of the running suite, and hold it to what they took away."""

import json
from pathlib import Path

from tests.support.whole_suite import WholeSuite, eventually


def test_the_log_of_a_running_suite_is_intact(suite: WholeSuite) -> None:
    told = json.loads(suite.tellus("audit", "verify", "--json").stdout)

    assert (told["outcome"], told["findings"], told["gaps"]) == ("intact", [], [])
    assert told["entries"] > 0
    assert told["streams"] >= 4


def test_every_event_reads_in_full(suite: WholeSuite) -> None:
    assert json.loads(suite.tellus("audit", "verify", "--thorough", "--json").stdout)["outcome"] == "intact"


def test_a_checkpoint_that_was_taken_away_holds_the_log_to_it(suite: WholeSuite, tmp_path: Path) -> None:
    note = tmp_path / "checkpoint"
    note.write_text(suite.tellus("audit", "checkpoint").stdout)
    size = int(note.read_text().splitlines()[1])
    suite.contact()
    eventually(
        lambda: suite.done("aude-auditor", "GET", "/v1/audit/checkpoint")["size"] > size or None, "a newer checkpoint"
    )

    told = json.loads(suite.tellus("audit", "verify", "--note", str(note), "--json").stdout)

    assert told["outcome"] == "intact"
    assert told["signed_entries"] > size


def test_a_checkpoint_of_another_log_is_no_yardstick(suite: WholeSuite, tmp_path: Path) -> None:
    note = tmp_path / "checkpoint"
    note.write_text(suite.tellus("audit", "checkpoint").stdout.replace("tellus", "other", 1))

    done = suite.tellus("audit", "verify", "--note", str(note), check=False)

    assert done.returncode == 3
    assert "not of this log" in done.stderr


def test_a_mistyped_verification_ends_with_64(suite: WholeSuite) -> None:
    assert suite.tellus("audit", "verify", "--nonsense", check=False).returncode == 64
