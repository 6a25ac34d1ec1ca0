"""What the demonstration brings along: files beside it, made-up people only."""

from pathlib import Path
from typing import Any, Final

import yaml

from deploy.local.settings import REPOSITORY

SAMPLES: Final = REPOSITORY / "deploy" / "local" / "samples"
BUNDLES: Final = REPOSITORY / "services" / "cases" / "bundles"
CONTACTS: Final = SAMPLES / "contacts.csv"


def sample(name: str) -> Any:
    """The content of one YAML file among the samples."""
    return yaml.safe_load((SAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))


def bundles() -> dict[str, str]:
    """The case types that come with the suite, as they are written."""
    return {file.stem: Path(file).read_text(encoding="utf-8") for file in sorted(BUNDLES.glob("*.yaml"))}
