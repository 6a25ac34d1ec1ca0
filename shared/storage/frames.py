"""A long text sealed in frames: each can be opened by itself, none can be moved, left out or cut off unnoticed."""

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.storage.errors import BlobDamaged
from shared.storage.keys import KEY_BYTES, NONCE_BYTES

FRAME_BYTES: Final = 65_536
"""Of plain text in a frame."""
TAG_BYTES: Final = 16
OVERHEAD_BYTES: Final = NONCE_BYTES + TAG_BYTES


class Frames:
    """Seals and opens the frames of one body under its data key."""

    def __init__(self, data_key: bytes, body: bytes) -> None:
        self._cipher, self._body = AESGCM(data_key), body

    def seal(self, number: int, plain: bytes | memoryview, *, last: bool) -> bytes:
        """The frame as it is stored. Its place, and whether it is the last, are part of what is sealed."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, self._place(number, last=last))

    def open(self, number: int, sealed: bytes | memoryview, *, last: bool) -> bytes:
        """What was sealed at this place; raises BlobDamaged for anything else."""
        try:
            return self._cipher.decrypt(
                bytes(sealed[:NONCE_BYTES]), sealed[NONCE_BYTES:], self._place(number, last=last)
            )
        except (InvalidTag, ValueError) as error:
            raise BlobDamaged from error

    def _place(self, number: int, *, last: bool) -> bytes:
        return self._body + number.to_bytes(8, "big") + bytes((last,))


def new_data_key() -> bytes:
    """A key for one body."""
    return secrets.token_bytes(KEY_BYTES)


def frames_of(size: int) -> int:
    """How many frames hold so many bytes; nothing is held by one empty frame."""
    return max(1, -(-size // FRAME_BYTES))
