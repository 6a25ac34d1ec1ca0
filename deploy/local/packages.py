"""Gets PostgreSQL and RabbitMQ from the package manager where a machine has none."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.errors import LocalError
from deploy.local.programs import ServerPrograms, find_programs, program
from deploy.local.settings import REPOSITORY

SCRIPT: Final = REPOSITORY / "deploy" / "local" / "install_servers.sh"
_LAST_LINES: Final = 15


class InstallError(LocalError):
    """The packages cannot be, or could not be, installed."""


@dataclass(frozen=True)
class Machine:
    """What decides how packages can be installed."""

    is_root: bool
    sudo: Path | None
    apt: Path | None

    @classmethod
    def this(cls) -> "Machine":
        """The machine and account that the command is given on."""
        return cls(is_root=os.geteuid() == 0, sudo=program("sudo"), apt=program("apt-get"))


def plan(programs: ServerPrograms, machine: Machine) -> list[str] | None:
    """The command that brings what is missing, None when nothing is; raises where there is no way."""
    missing = programs.missing_packages()
    if not missing:
        return None
    names = ", ".join(missing)
    if machine.apt is None:
        raise InstallError(
            f"Missing: {names}. This machine has no apt-get, so install PostgreSQL 15 or newer (with its contrib "
            "extensions) and RabbitMQ 3.10 or newer by its own means; they need not be started."
        )
    install = ["/bin/sh", str(SCRIPT), *missing]
    if machine.is_root:
        return install
    if machine.sudo is None:
        raise InstallError(
            f"Missing: {names}. Install them as root: apt-get install --no-install-recommends {' '.join(missing)}"
        )
    return [str(machine.sudo), *install]


def explain(command: Sequence[str], programs: ServerPrograms) -> str:
    """What is about to happen, for the person who asked."""
    how = " with sudo" if Path(command[0]).name == "sudo" else ""
    return (
        f"Not on this machine yet: {', '.join(programs.missing_packages())}. Installing them{how} by apt-get; "
        "their system servers are neither started now nor with the machine."
    )


def install(command: Sequence[str]) -> ServerPrograms:
    """The packages are there; returns what this machine has now."""
    outcome = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    programs = find_programs()
    if outcome.returncode or programs.missing_packages():
        said = "\n".join(outcome.stdout.splitlines()[-_LAST_LINES:])
        raise InstallError(f"The packages could not be installed. The package manager's last words:\n{said}")
    return programs
