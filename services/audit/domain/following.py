"""Follows every chain through the log while it is read once: each subject's, and each producer's numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.audit.domain.errors import LeafMalformed
from services.audit.domain.gaps import Interval, missing

StreamKey = tuple[str, str]
Step = Sequence[Any]
"""One step of a subject's chain: the subject, its number, and the entry before it (None for the first)."""


@dataclass(slots=True)
class _Stream:
    """The numbers of one producer that were seen: all below `following`, and those in `above`."""

    following: int = 1
    above: set[int] = field(default_factory=set)

    def see(self, sequence: int) -> bool:
        if sequence < self.following or sequence in self.above:
            return False
        self.above.add(sequence)
        while self.following in self.above:
            self.above.remove(self.following)
            self.following += 1
        return True


class Following:
    """How far every chain goes; memory grows with the number of subjects, not of entries."""

    def __init__(self) -> None:
        self._heads: dict[str, tuple[int, int]] = {}
        self._streams: dict[StreamKey, _Stream] = {}

    @property
    def subjects(self) -> int:
        """How many subjects have a chain."""
        return len(self._heads)

    @property
    def streams(self) -> int:
        """How many streams were seen."""
        return len(self._streams)

    def follow(self, index: int, producer: str, epoch: str, sequence: int, steps: Sequence[Step]) -> None:
        """Take the next entry; raises LeafMalformed where it does not continue what came before."""
        heads = self._heads
        broken = None
        for subject, number, previous in steps:
            head = heads.get(subject)
            if (number, previous) != ((head[0] + 1, head[1]) if head else (1, None)):
                broken = number
            heads[subject] = (number, index)
        stream = self._streams.get((producer, epoch))
        if stream is None:
            stream = self._streams[producer, epoch] = _Stream()
        if sequence == stream.following and not stream.above:
            stream.following += 1
        elif not stream.see(sequence):
            raise LeafMalformed(f"The number {sequence} of the stream of {producer} is in the log twice.")
        if broken is not None:
            raise LeafMalformed(f"Step {broken} of a subject's chain does not continue the one before it.")

    def holes(self) -> dict[StreamKey, list[Interval]]:
        """The numbers of each stream that are not in the log, though later ones are."""
        return {
            key: missing(((number, number) for number in stream.above), head=max(stream.above), start=stream.following)
            for key, stream in self._streams.items()
            if stream.above
        }
