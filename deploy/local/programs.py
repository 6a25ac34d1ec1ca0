"""Finds the server programs on this machine, wherever their packages put them."""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OLDEST_POSTGRES: Final = 15
_POSTGRES_FOLDERS: Final = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_RABBITMQ_FOLDERS: Final = ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/opt/homebrew/sbin")
_EXTENSION: Final = "pg_trgm.control"


@dataclass(frozen=True)
class ServerPrograms:
    """Folders of the programs found; None where there are none that will do."""

    postgres: Path | None
    postgres_contrib: bool
    rabbitmq: Path | None

    def missing_packages(self) -> list[str]:
        """The packages that would bring what was not found."""
        wanted = {
            "postgresql": self.postgres is None,
            "postgresql-contrib": not self.postgres_contrib,
            "rabbitmq-server": self.rabbitmq is None,
        }
        return [package for package, absent in wanted.items() if absent]


def find_programs(root: Path = Path("/")) -> ServerPrograms:
    """What this machine has: the newest PostgreSQL that is new enough, and RabbitMQ."""
    postgres = newest(folder for folder in _matching(root, _POSTGRES_FOLDERS) if (folder / "postgres").exists())
    rabbitmq = next((f for f in _matching(root, _RABBITMQ_FOLDERS) if (f / "rabbitmq-server").exists()), None)
    return ServerPrograms(postgres, postgres is not None and _has_contrib(root, postgres), rabbitmq)


def newest(folders: Iterable[Path]) -> Path | None:
    """The folder of the highest PostgreSQL version that is new enough."""
    numbered = [(_version_in(folder), folder) for folder in folders]
    usable = [(version, folder) for version, folder in numbered if version >= OLDEST_POSTGRES]
    return max(usable)[1] if usable else None


def program(name: str) -> Path | None:
    """A program on the search path."""
    found = shutil.which(name)
    return Path(found) if found else None


def _matching(root: Path, patterns: Iterable[str]) -> Iterable[Path]:
    return (folder for pattern in patterns for folder in sorted(root.glob(pattern.lstrip("/"))))


def _version_in(folder: Path) -> int:
    numbers = re.findall(r"\d+", folder.parent.name)
    return int(numbers[0]) if numbers else 0


def _has_contrib(root: Path, postgres: Path) -> bool:
    share = root / "usr/share/postgresql" / str(_version_in(postgres)) / "extension"
    beside = (share, postgres.parent / "share" / "extension", postgres.parent / "share" / "postgresql" / "extension")
    return any((folder / _EXTENSION).exists() for folder in beside)
