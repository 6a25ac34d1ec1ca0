"""docker-compose.yml as a program reads it: anchors merged, variables at their defaults."""

import re
from dataclasses import dataclass
from typing import Any, Final

import yaml

from tests.architecture.sources import ROOT

FILE: Final = ROOT / "docker-compose.yml"
_VARIABLE: Final = re.compile(r"\$\{[A-Z_]+(?::-([^}]*))?\}")


@dataclass(frozen=True)
class Container:
    """One service of the compose file."""

    name: str
    said: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        """What it is told by its environment."""
        return dict(self.said.get("environment", {}))

    @property
    def secrets(self) -> set[str]:
        """The names of the secrets that it can read."""
        return set(self.said.get("secrets", []))

    @property
    def image(self) -> str:
        """Of which service its image is; the whole name for an image that is not ours."""
        name: str = self.said["image"]
        return name.removeprefix("tellus/").partition(":")[0] if name.startswith("tellus/") else name

    @property
    def ours(self) -> bool:
        """Whether it runs our code."""
        return str(self.said["image"]) != self.image

    @property
    def job(self) -> bool:
        """Whether it is meant to end."""
        return bool(self.said.get("restart") == "no")


def document() -> dict[str, Any]:
    """The whole file."""
    text = _VARIABLE.sub(lambda found: found.group(1) or "", FILE.read_text(encoding="utf-8"))
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def containers() -> dict[str, Container]:
    """Every service of the file, by name."""
    return {name: Container(name, said) for name, said in document()["services"].items()}
