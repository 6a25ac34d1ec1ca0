"""What small local processes read from the environment, without the weight of a settings library."""

from collections.abc import Mapping
from pathlib import Path

from deploy.local.ports import Ports

REPOSITORY = Path(__file__).resolve().parents[2]
DEFAULT_BASE_PORT = 18000


class SettingUnusable(ValueError):
    """A setting cannot be used; the message names it and says what to write instead."""


def whole_number(values: Mapping[str, str], name: str, default: int) -> int:
    """The setting as a number of at least one."""
    text = values.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise SettingUnusable(f"{name} is {text!r}; it must be a whole number of at least 1.")
    return int(text)


def instance_ports(values: Mapping[str, str]) -> Ports:
    """Where everything of this instance listens."""
    return Ports(whole_number(values, "TELLUS_BASE_PORT", DEFAULT_BASE_PORT))


def instance_folder(values: Mapping[str, str]) -> Path:
    """The folder of this instance; relative to the repository, wherever the command is given."""
    return (REPOSITORY / values.get("TELLUS_RUN_DIR", ".run")).resolve()
