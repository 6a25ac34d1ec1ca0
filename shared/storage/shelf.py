"""Where sealed bytes lie: the port behind which a folder or an object store stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Item:
    """Something on a shelf."""

    name: str
    modified: datetime


class ShelfWriter(Protocol):
    """Something being put on a shelf. Nothing is there until it is finished."""

    def write(self, chunk: bytes) -> None:
        """More of it."""

    def finish(self) -> None:
        """It is there, whole and for good."""

    def discard(self) -> None:
        """It was never there. Harmless after `finish` or twice."""


class Shelf(Protocol):
    """Bytes under names. Names are made of lower-case letters, digits and slashes."""

    def writer(self, name: str) -> ShelfWriter:
        """For something long, under a name that nobody else uses."""

    def put_new(self, name: str, content: bytes) -> bool:
        """Put something small there, whole and for good; False where the name is taken."""

    def replace(self, name: str, content: bytes) -> None:
        """The same, whether or not the name is taken."""

    def get(self, name: str) -> bytes:
        """All of something small; raises BlobUnknown."""

    def read(self, name: str, start: int, length: int) -> bytes:
        """These bytes of it, fewer at its end; raises BlobUnknown."""

    def refresh(self, name: str) -> bool:
        """It was needed just now; False where there is no such thing."""

    def take_away(self, name: str, *, unless_after: datetime | None = None) -> bool:
        """It is gone, unless it was needed after that moment; False where it stays or never was."""

    def items(self, prefix: str) -> Iterable[Item]:
        """Everything whose name begins with this, in no order."""

    def sweep(self, before: datetime) -> int:
        """Remove what was begun before that moment and never finished; how much that was."""
