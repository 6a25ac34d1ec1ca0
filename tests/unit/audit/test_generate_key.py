"""A key is made once, kept private, and never written over."""

import stat
from pathlib import Path

import pytest

from services.audit.adapters.ed25519 import generate_key, read_signer, read_verifier
from services.audit.domain.errors import KeyMalformed
from services.audit.domain.note import open_note, sign_note
from services.audit.processes.generate_key import main

NAME = "log.example.gov/tellus"


def test_the_two_halves_belong_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([NAME, str(tmp_path / "log.key")]) == 0
    public = (tmp_path / "log.key.pub").read_text(encoding="utf-8").strip()
    signer = read_signer((tmp_path / "log.key").read_text(encoding="utf-8").strip())
    assert open_note(sign_note(b"text\n", [signer]), [read_verifier(public)]).text == b"text\n"
    assert signer.name == NAME
    assert capsys.readouterr().out.strip() == public


def test_only_its_owner_can_read_the_secret_half(tmp_path: Path) -> None:
    main([NAME, str(tmp_path / "log.key")])
    assert stat.S_IMODE((tmp_path / "log.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("existing", ["log.key", "log.key.pub"])
def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str], existing: str) -> None:
    (tmp_path / existing).write_text("precious", encoding="utf-8")
    assert main([NAME, str(tmp_path / "log.key")]) == 1
    assert [path.name for path in tmp_path.iterdir()] == [existing]
    assert (tmp_path / existing).read_text(encoding="utf-8") == "precious"
    assert "never overwritten" in capsys.readouterr().err


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "log.key").symlink_to(tmp_path / "elsewhere")
    assert main([NAME, str(tmp_path / "log.key")]) == 1
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([NAME, str(tmp_path / "missing" / "log.key")]) == 1
    assert "missing" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_no_note_can_carry_is_refused(tmp_path: Path, name: str) -> None:
    assert main([name, str(tmp_path / "log.key")]) == 1
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyMalformed):
        generate_key(name)


def test_no_two_keys_are_alike() -> None:
    assert generate_key(NAME)[0].secret != generate_key(NAME)[0].secret
