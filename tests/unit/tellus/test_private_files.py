"""A secret is written whole, read by its owner alone, and made up once."""

import stat
from pathlib import Path

from deploy.local.private_files import password, write_private


def test_a_secret_is_for_its_owner_alone(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    write_private(secret, "first")
    write_private(secret, "second")
    assert secret.read_text() == "second"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["secret"]


def test_a_password_is_made_up_once_and_fits_into_an_address(tmp_path: Path) -> None:
    first = password(tmp_path / "one")
    assert password(tmp_path / "one") == first
    assert password(tmp_path / "two") != first
    assert len(first) >= 32
    assert first.replace("-", "").replace("_", "").isalnum()
