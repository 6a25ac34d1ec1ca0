"""What may not be in a public repository: this machine's paths, addresses of registries, secrets."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.sources import ROOT

ABSOLUTE: Final = re.compile(r"(?<![\w.:/$}{>-])/(?:home|root|Users|work|mnt)/[\w.-]+")
PRIVATE_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
LOCKS: Final = sorted((ROOT / "requirements").glob("*.txt"))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    found = []
    for file in files:
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        found += [
            f"{file.relative_to(ROOT)}:{n}" for n, line in enumerate(text.splitlines(), 1) if pattern.search(line)
        ]
    return found


def test_no_file_names_a_path_of_one_machine() -> None:
    assert lines_with(ABSOLUTE, [file for file in tracked() if file != Path(__file__)]) == []


def test_no_file_holds_a_private_key() -> None:
    assert lines_with(PRIVATE_KEY, [file for file in tracked() if file != Path(__file__)]) == []


def test_the_locks_are_there() -> None:
    assert {lock.stem for lock in LOCKS} >= {"contacts", "cases", "notifications", "audit", "gateway", "local", "dev"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_registry_and_hashes_everything(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b", text, re.MULTILINE)
    packages = re.findall(r"^[a-zA-Z0-9]", text, re.MULTILINE)
    hashed = re.findall(r"^[a-zA-Z0-9][^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(packages) == len(hashed) > 0
