"""The Makefile explains itself, and the locks pin everything and name no address."""

import re
import subprocess

import pytest

from deploy.local.settings import REPOSITORY
from deploy.local.suite import SERVICES

LOCKS = sorted((REPOSITORY / "requirements").glob("*.txt"))


def pins(name: str) -> dict[str, str]:
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", text, re.MULTILINE))


def test_help_lists_what_a_person_may_ask_for() -> None:
    told = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    for target in ("help", "demo", "test", "down", "clean", "check", "lock", "bench", "chaos", "up", "migrate"):
        assert f"make {target} " in told


def test_there_is_a_lock_for_every_service_and_for_every_way_to_work() -> None:
    assert {lock.stem for lock in LOCKS} == {*SERVICES, "build", "local", "dev"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_names_no_address_and_pins_every_package_by_hash(lock: object) -> None:
    text = (REPOSITORY / "requirements" / f"{lock.stem}.txt").read_text()  # type: ignore[attr-defined]
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    requirements = re.split(r"\n(?=[a-z0-9])", text)
    assert all("--hash=sha256:" in requirement for requirement in requirements)


@pytest.mark.parametrize("name", [*SERVICES, "local"])
def test_what_runs_is_what_was_tested(name: str) -> None:
    tested = pins("dev")
    assert pins(name).items() <= tested.items()
