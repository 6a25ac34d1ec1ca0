"""`tellus` finds its commands by their files, and says what went wrong in words and exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.errors import LocalError
from deploy.local.settings import REPOSITORY
from tellus.commands import up as up_module
from tellus.main import app

run = CliRunner()


@pytest.fixture(autouse=True)
def nothing_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TELLUS_RUN_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("TELLUS_BASE_PORT", "48000")
    return tmp_path / "run"


def test_every_file_is_a_command_with_a_line_of_help() -> None:
    told = run.invoke(app, ["--help"]).stdout
    files = [file.stem.replace("_", "-") for file in (REPOSITORY / "tellus" / "commands").glob("[!_]*.py")]
    assert len(files) >= 8
    assert [name for name in files if f" {name} " not in told] == []


def test_a_mistyped_command_is_a_usage_error_that_suggests_the_right_one() -> None:
    outcome = run.invoke(app, ["stauts"])
    assert outcome.exit_code == 2
    assert "status" in outcome.stderr


def test_asking_after_a_suite_that_does_not_run_ends_with_3_and_says_how_to_start_it() -> None:
    outcome = run.invoke(app, ["status"])
    assert outcome.exit_code == 3
    assert "tellus up" in outcome.stderr
    assert outcome.stdout == ""


def test_stopping_a_suite_that_never_ran_is_fine_and_leaves_nothing_behind(nothing_started: Path) -> None:
    assert run.invoke(app, ["down"]).exit_code == 0
    assert not nothing_started.exists()


def test_a_failure_is_told_on_standard_error_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LocalError("The disk is [full].")

    monkeypatch.setattr(up_module, "bring_up", fail)
    outcome = run.invoke(app, ["up"])
    assert outcome.exit_code == 1
    assert outcome.stderr.strip() == "The disk is [full]."


def test_a_log_outside_the_log_folder_is_out_of_reach(nothing_started: Path) -> None:
    (nothing_started / "logs").mkdir(parents=True)
    (nothing_started / "secret.log").write_text("canary")
    outcome = run.invoke(app, ["logs", "../secret"])
    assert outcome.exit_code == 2
    assert "canary" not in outcome.output


def test_the_last_lines_of_a_log_are_printed(nothing_started: Path) -> None:
    (nothing_started / "logs").mkdir(parents=True)
    (nothing_started / "logs" / "relay.log").write_text("".join(f"line {n}\n" for n in range(10)))
    assert run.invoke(app, ["logs", "relay", "-n", "2"]).stdout == "line 8\nline 9\n"
    assert run.invoke(app, ["logs", "relay", "-n", "0"]).stdout == ""


def test_settings_are_printed_with_every_secret_hidden(nothing_started: Path) -> None:
    (nothing_started / "secrets").mkdir(parents=True)
    (nothing_started / "secrets" / "cases_database_url").write_text("canary")
    outcome = run.invoke(app, ["config", "cases-rpc", "--json"])
    told = json.loads(outcome.stdout)
    assert told["CASES_DATABASE_URL"] == "********"
    assert told["CASES_HEALTH_PORT"] == "48102"
    assert "canary" not in outcome.output


def test_an_unknown_service_cannot_be_migrated() -> None:
    outcome = run.invoke(app, ["migrate", "ledger"])
    assert outcome.exit_code == 2
    assert "contacts" in outcome.stderr
