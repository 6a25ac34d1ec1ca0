"""What was signed last, in a file outside the database, so that a rolled-back database cannot be signed over."""

import os
from dataclasses import dataclass
from pathlib import Path

import orjson

from services.audit.domain.errors import LogDamaged


@dataclass(frozen=True, slots=True)
class Signed:
    """A size and the root that was signed for it."""

    size: int
    root: bytes


class LastSigned:
    """One small file, replaced whole and flushed to the disk before anybody sees a signature."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "last_signed.json"

    def read(self) -> Signed | None:
        """What was signed last, None before the first."""
        try:
            found = orjson.loads(self._path.read_bytes())
        except FileNotFoundError:
            return None
        return Signed(int(found["size"]), bytes.fromhex(found["root"]))

    def must_not_contradict(self, size: int, root: bytes) -> None:
        """Raises LogDamaged where a log of `size` and `root` is shorter than, or other than, what was signed."""
        last = self.read()
        if last is None:
            return
        if size < last.size:
            raise LogDamaged(f"The log has {size} entries, but {last.size} were signed: it was rolled back.")
        if size == last.size and root != last.root:
            raise LogDamaged(f"The log of {size} entries has another root than the one that was signed.")

    def remember(self, size: int, root: bytes) -> None:
        """This is what was signed last, also after a power cut."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(orjson.dumps({"size": size, "root": root.hex()}))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        descriptor = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
