"""Files that only their owner may read, written so that they are whole or not there at all."""

import os
import secrets
from pathlib import Path

from deploy.local.places import ServerUser


def write_private(path: Path, text: str, *, owner: ServerUser | None = None) -> None:
    """The file holds exactly this text, readable by its owner alone."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        if owner is not None and owner.switch:
            os.fchown(file.fileno(), owner.uid, owner.gid)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def password(path: Path) -> str:
    """The password kept in this file, made up on first use."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8").strip()
