"""An instance is named by two settings, and a wrong one is refused in words."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.settings import REPOSITORY, LocalSettings
from tellus.main import app


def test_a_relative_run_folder_means_the_same_from_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELLUS_RUN_DIR", ".run/elsewhere")
    assert LocalSettings().run_dir == REPOSITORY / ".run" / "elsewhere"


def test_a_base_port_without_room_is_a_usage_error_that_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLUS_BASE_PORT", "65530")
    outcome = CliRunner().invoke(app, ["status"])
    assert outcome.exit_code == 2
    assert "TELLUS_BASE_PORT" in outcome.stderr
