"""What is missing is installed in the one way this machine allows, or the person is told what to do."""

from pathlib import Path

import pytest

from deploy.local.packages import SCRIPT, InstallError, Machine, explain, install, plan
from deploy.local.programs import ServerPrograms

APT, SUDO = Path("/usr/bin/apt-get"), Path("/usr/bin/sudo")
NOTHING = ServerPrograms(None, postgres_contrib=False, rabbitmq=None)
NO_RABBITMQ = ServerPrograms(Path("/usr/lib/postgresql/15/bin"), postgres_contrib=True, rabbitmq=None)
EVERYTHING = ServerPrograms(Path("/pg"), postgres_contrib=True, rabbitmq=Path("/rabbit"))


def test_a_complete_machine_is_left_alone_whatever_it_allows() -> None:
    assert plan(EVERYTHING, Machine(is_root=False, sudo=None, apt=None)) is None


def test_root_installs_directly() -> None:
    command = plan(NOTHING, Machine(is_root=True, sudo=SUDO, apt=APT))
    assert command == ["/bin/sh", str(SCRIPT), "postgresql", "postgresql-contrib", "rabbitmq-server"]


def test_only_what_is_missing_is_installed_and_sudo_is_used_where_needed() -> None:
    command = plan(NO_RABBITMQ, Machine(is_root=False, sudo=SUDO, apt=APT))
    assert command == [str(SUDO), "/bin/sh", str(SCRIPT), "rabbitmq-server"]


def test_without_root_and_sudo_the_person_gets_the_command_to_pass_on() -> None:
    with pytest.raises(InstallError, match="apt-get install --no-install-recommends rabbitmq-server"):
        plan(NO_RABBITMQ, Machine(is_root=False, sudo=None, apt=APT))


def test_without_apt_the_person_is_told_what_to_install() -> None:
    with pytest.raises(InstallError, match="PostgreSQL 15 or newer"):
        plan(NOTHING, Machine(is_root=True, sudo=None, apt=None))


def test_what_will_be_done_is_said_first() -> None:
    told = explain([str(SUDO), "/bin/sh", str(SCRIPT), "rabbitmq-server"], NO_RABBITMQ)
    assert "rabbitmq-server" in told
    assert "with sudo" in told
    assert "neither started" in told


def test_a_failed_installation_shows_the_package_managers_last_words() -> None:
    with pytest.raises(InstallError, match="no space left"):
        install(["/bin/sh", "-c", "echo no space left; exit 1"])
