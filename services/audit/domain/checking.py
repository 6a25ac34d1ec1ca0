"""Checks a whole log against what was signed about it, one entry at a time, and says where it first goes wrong.

Only a signed checkpoint is believed. Recorded leaf hashes (the tiles) are believed as far as a checkpoint confirms
them; then they tell exactly which entry was altered, where a root alone can only tell that some entry was.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.audit.domain.checkpoint import Checkpoint
from services.audit.domain.entry import read_leaf
from services.audit.domain.errors import LeafMalformed
from services.audit.domain.event import read_event
from services.audit.domain.hashing import Frontier, leaf_hash
from shared.errors import ServiceError


class Kind(StrEnum):
    """What can be wrong with a log."""

    CHECKPOINT_ALTERED = "checkpoint_altered"
    """A checkpoint is not one that the log's key signed."""
    ENTRY_ALTERED = "entry_altered"
    """The entry is not the one that was signed."""
    ENTRY_MALFORMED = "entry_malformed"
    """The entry is not one that the log could have written."""
    ENTRY_MISSING = "entry_missing"
    """The log ends before what was signed or recorded about it."""
    HASH_ALTERED = "hash_altered"
    """The entry is the one that was signed, but its recorded hash is another."""
    HASH_MISSING = "hash_missing"
    """The entry has no recorded hash."""
    ROOT_DIFFERS = "root_differs"
    """Some entry in this range is not the one that was signed."""
    UNCONFIRMED = "unconfirmed"
    """Entry and recorded hash disagree, and no checkpoint covers them yet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The first of a kind: it is somewhere from `first` to `last`, which are the same where it is known exactly."""

    kind: Kind
    first: int
    last: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the check of a log ended."""

    size: int
    root: bytes
    confirmed: int
    """Every entry below this one is proven to be what was signed."""
    findings: tuple[Finding, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing at all was wrong."""
        return not self.findings

    @property
    def first_bad_index(self) -> int | None:
        """The first entry that is, or may be, wrong."""
        return min((finding.first for finding in self.findings), default=None)


def check_log(
    leaves: Iterable[bytes],
    checkpoints: Iterable[Checkpoint],
    *,
    recorded: Iterable[bytes] | None = None,
    inspect: Callable[[int, bytes], object] | None = None,
    progress: Callable[[int], object] | None = None,
) -> Verdict:
    """Compare every entry with every checkpoint, in memory that does not grow with the log.

    `recorded` are the leaf hashes of the tiles; `inspect` may look into each entry and raises a ServiceError where it
    is wrong; `progress` hears how many entries are done. The signatures of the checkpoints are checked before this.
    """
    check = _Check(sorted(checkpoints, key=lambda checkpoint: checkpoint.size))
    hashes = None if recorded is None else iter(recorded)
    check.compare_roots()
    for index, leaf in enumerate(leaves):
        check.take(leaf_hash(leaf), hashes)
        if inspect is not None:
            try:
                inspect(index, leaf)
            except ServiceError as error:
                check.find(Kind.ENTRY_MALFORMED, index, index, error.message)
        check.compare_roots()
        if progress is not None:
            progress(index + 1)
    return check.finish(hashes)


def inspect_entry(index: int, leaf: bytes) -> None:
    """Refuse an entry that the log could not have written at `index`; for `check_log`, which calls it for each."""
    entry = read_leaf(leaf)
    subjects = read_event(entry.event).subjects
    if tuple(link.subject for link in entry.links) != subjects:
        raise LeafMalformed("The entry's chains are not those of the subjects that its event names.")
    if any(link.previous is not None and link.previous >= index for link in entry.links):
        raise LeafMalformed("The entry's chain points forward: what came before it stands after it.")


class _Check:
    def __init__(self, checkpoints: Sequence[Checkpoint]) -> None:
        self._checkpoints = checkpoints
        self._passed = 0
        self._seen = Frontier()
        self._recorded: Frontier | None = None  # grows apart from `_seen` only from the first disagreement on
        self._disagreement = 0
        self._agreed = 0  # the size of the last checkpoint whose root agreed
        self._confirmed = 0
        self._first_bad: int | None = None
        self._findings: dict[Kind, Finding] = {}

    def find(self, kind: Kind, first: int, last: int, detail: str = "") -> None:
        self._findings.setdefault(kind, Finding(kind, first, last, detail))

    def take(self, computed: bytes, hashes: Iterator[bytes] | None) -> None:
        recorded = computed
        if hashes is not None:
            index = self._seen.size
            found = next(hashes, None)
            if found is None:
                self.find(Kind.HASH_MISSING, index, index)
            elif found != computed:
                recorded = found
                if self._recorded is None:
                    self._recorded, self._disagreement = self._seen.copy(), index
        self._seen.append(computed)
        if self._recorded is not None:
            self._recorded.append(recorded)

    def compare_roots(self) -> None:
        while self._passed < len(self._checkpoints) and self._checkpoints[self._passed].size == self._seen.size:
            self._compare_root(self._checkpoints[self._passed])
            self._passed += 1

    def _compare_root(self, checkpoint: Checkpoint) -> None:
        at, size = self._disagreement, checkpoint.size
        if self._seen.root() == checkpoint.root:
            if self._recorded is not None:
                self.find(Kind.HASH_ALTERED, at, at)
        elif self._recorded is not None and self._recorded.root() == checkpoint.root:
            self.find(Kind.ENTRY_ALTERED, at, at)
            self._distrust(at)
            self._seen = self._recorded  # what was signed; later checkpoints build on it
        else:
            # Later checkpoints cannot agree either: only the first that disagrees narrows the place down.
            self.find(Kind.ROOT_DIFFERS, self._agreed, max(size - 1, self._agreed), f"checkpoint {size}")
            self._distrust(self._agreed)
            return
        self._recorded = None
        self._agreed = size
        self._confirmed = size if self._first_bad is None else self._first_bad

    def _distrust(self, index: int) -> None:
        if self._first_bad is None:
            self._first_bad = self._confirmed = index

    def finish(self, hashes: Iterator[bytes] | None) -> Verdict:
        size = self._seen.size
        if self._recorded is not None and Kind.ROOT_DIFFERS not in self._findings:
            self.find(Kind.UNCONFIRMED, self._disagreement, self._disagreement)
        promised = max((checkpoint.size for checkpoint in self._checkpoints), default=0)
        if promised > size:
            self.find(Kind.ENTRY_MISSING, size, promised - 1, f"checkpoint {promised}")
        elif hashes is not None and next(hashes, None) is not None:
            self.find(Kind.ENTRY_MISSING, size, size, "a hash is recorded")
        return Verdict(size, self._seen.root(), self._confirmed, tuple(self._findings.values()))
