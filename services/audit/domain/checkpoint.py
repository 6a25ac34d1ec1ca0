"""Checkpoints (C2SP tlog-checkpoint): one signed line of truth about how large the log was, and what it held."""

import binascii
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.audit.domain.errors import CheckpointMalformed
from services.audit.domain.hashing import HASH_SIZE
from services.audit.domain.note import Signer, Verifier, open_note, sign_note

LARGEST_SIZE = 2**63 - 1

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """A log's name, its size, and the root over all its entries at that size."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(line and "\n" not in line for line in (self.origin, *self.extensions)):
            raise CheckpointMalformed("The origin and any extension of a checkpoint is one line that is not empty.")
        if not 0 <= self.size <= LARGEST_SIZE:
            raise CheckpointMalformed("The size of a log is a whole number that fits in 63 bits.")
        if len(self.root) != HASH_SIZE:
            raise CheckpointMalformed(f"The root of a log has {HASH_SIZE} bytes, not {len(self.root)}.")

    @property
    def text(self) -> bytes:
        """What is signed."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines).encode()


def parse_checkpoint(text: bytes) -> Checkpoint:
    """The checkpoint that `text` spells; there is one spelling only."""
    try:
        origin, size, root, *extensions = text.decode().removesuffix("\n").split("\n")
        if not _SIZE.fullmatch(size):
            raise CheckpointMalformed("The second line is the size of the log in decimal digits.")
        checkpoint = Checkpoint(origin, int(size), binascii.a2b_base64(root, strict_mode=True), tuple(extensions))
    except ValueError as error:  # too few lines, no UTF-8, no base64
        raise CheckpointMalformed("A checkpoint is three lines: origin, size, and root hash in base64.") from error
    if checkpoint.text != text:
        raise CheckpointMalformed("The checkpoint is not written in its one canonical form.")
    return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> bytes:
    """The note that publishes a checkpoint. Whoever calls this has made sure that nothing signed before contradicts it."""
    return sign_note(checkpoint.text, signers)


def open_checkpoint(note: bytes, verifiers: Iterable[Verifier], *, origin: str) -> Checkpoint:
    """The checkpoint in `note`, only if a known key vouches for it and it is of the log called `origin`."""
    checkpoint = parse_checkpoint(open_note(note, verifiers).text)
    if checkpoint.origin != origin:
        raise CheckpointMalformed(f"This is a checkpoint of another log than {origin}.", origin=checkpoint.origin)
    return checkpoint
