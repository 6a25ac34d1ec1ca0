"""Files under the digest of what they hold, sealed at rest, readable in ranges.

An envelope, small and under the file's address, says which body holds it and carries the body's data key, wrapped. The
body is sealed in frames. Two who put the same file at once agree on the envelope that came first; taking away the
envelope is enough to make the body unreadable for ever.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

import orjson

from shared.storage.errors import BlobDamaged, BlobUnknown
from shared.storage.frames import FRAME_BYTES, OVERHEAD_BYTES, Frames, frames_of, new_data_key
from shared.storage.keys import StorageKeys
from shared.storage.shelf import Shelf, ShelfWriter

VERSION: Final = 1
BATCH_FRAMES: Final = 8
"""How many frames are in memory at once."""
ENVELOPES: Final = "envelopes"
BODIES: Final = "bodies"


@dataclass(frozen=True)
class Envelope:
    """What stands beside a body."""

    body: str
    size: int
    key: str
    wrapped: bytes

    def to_bytes(self) -> bytes:
        """As it is stored."""
        return orjson.dumps(
            {
                "version": VERSION,
                "body": self.body,
                "size": self.size,
                "frame": FRAME_BYTES,
                "key": self.key,
                "wrapped": self.wrapped.hex(),
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Envelope":
        """As it was stored; raises BlobDamaged."""
        try:
            given = orjson.loads(raw)
            if (given["version"], given["frame"]) != (VERSION, FRAME_BYTES):
                raise BlobDamaged("This was stored in a way that is not known here.")
            return cls(str(given["body"]), int(given["size"]), str(given["key"]), bytes.fromhex(given["wrapped"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BlobDamaged from error

    def about(self, address: str) -> bytes:
        """What its key was wrapped for: this body, of this size, under this address."""
        return f"{address} {self.body} {self.size} {FRAME_BYTES}".encode()


class PendingBlob:
    """A file being put away. It is nowhere until `finish`."""

    def __init__(self, shelf: Shelf, keys: StorageKeys) -> None:
        self._shelf, self._keys = shelf, keys
        self._body, self._data_key = secrets.token_hex(16), new_data_key()
        self._frames = Frames(self._data_key, bytes.fromhex(self._body))
        self._writer: ShelfWriter = shelf.writer(_body_name(self._body))
        self._digest, self._rest, self._number = sha256(), bytearray(), 0
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """More of the file."""
        self._digest.update(chunk)
        self.size += len(chunk)
        self._rest += chunk
        # the last frame is sealed as the last, so one is always held back
        while len(self._rest) > FRAME_BYTES:
            self._seal(bytes(self._rest[:FRAME_BYTES]), last=False)
            del self._rest[:FRAME_BYTES]

    @property
    def address(self) -> str:
        """The SHA-256 of what was written so far, in hexadecimal."""
        return self._digest.hexdigest()

    def finish(self) -> str:
        """The file is there, whole and for good; its address. Where it was there before, that one stays."""
        self._seal(bytes(self._rest), last=True)
        self._writer.finish()
        address = self.address
        unwrapped = Envelope(self._body, self.size, "", b"")
        key, wrapped = self._keys.wrap(self._data_key, unwrapped.about(address))
        name, envelope = _envelope_name(address), replace(unwrapped, key=key, wrapped=wrapped)
        while not self._shelf.put_new(name, envelope.to_bytes()):
            if self._shelf.refresh(name):
                self._shelf.take_away(_body_name(self._body))
                break
        return address

    def discard(self) -> None:
        """It was never there."""
        self._writer.discard()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._writer.write(self._frames.seal(self._number, plain, last=last))
        self._number += 1


class OpenBlob:
    """A file that can be read, in whole or in part."""

    def __init__(self, shelf: Shelf, envelope: Envelope, data_key: bytes) -> None:
        self._shelf, self._name, self.size = shelf, _body_name(envelope.body), envelope.size
        self._frames = Frames(data_key, bytes.fromhex(envelope.body))
        self._count = frames_of(envelope.size)

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, piece by piece; raises BlobDamaged where they are not what was put."""
        end = self.size if stop is None else min(stop, self.size)
        if start >= end:
            return
        first, final = start // FRAME_BYTES, (end - 1) // FRAME_BYTES
        for batch in range(first, final + 1, BATCH_FRAMES):
            plain = self._opened(batch, min(batch + BATCH_FRAMES, final + 1))
            base = batch * FRAME_BYTES
            yield plain[max(start - base, 0) : end - base]

    def _opened(self, first: int, beyond: int) -> bytes:
        whole = FRAME_BYTES + OVERHEAD_BYTES
        try:
            sealed = memoryview(self._shelf.read(self._name, first * whole, (beyond - first) * whole))
        except BlobUnknown as error:  # the envelope was there: this is no file that nobody put
            raise BlobDamaged from error
        pieces = []
        for number in range(first, beyond):
            place = (number - first) * whole
            last = number == self._count - 1
            pieces.append(self._frames.open(number, sealed[place : place + whole], last=last))
        return b"".join(pieces)


class Blobs:
    """All the files of one shelf."""

    def __init__(self, shelf: Shelf, keys: StorageKeys) -> None:
        self._shelf, self._keys = shelf, keys

    def new(self) -> PendingBlob:
        """A file to be put away."""
        return PendingBlob(self._shelf, self._keys)

    def open(self, address: str) -> OpenBlob:
        """The file with this digest; raises BlobUnknown."""
        envelope = Envelope.from_bytes(self._shelf.get(_envelope_name(address)))
        data_key = self._keys.unwrap(envelope.key, envelope.wrapped, envelope.about(address))
        return OpenBlob(self._shelf, envelope, data_key)

    def erase(self, address: str, *, unless_after: datetime | None = None) -> bool:
        """Nobody can read it any more, unless somebody put it there after that moment; whether it was erased."""
        name = _envelope_name(address)
        try:
            envelope = Envelope.from_bytes(self._shelf.get(name))
        except BlobUnknown:
            return False
        if not self._shelf.take_away(name, unless_after=unless_after):
            return False
        self._shelf.take_away(_body_name(envelope.body))
        return True

    def addresses(self, before: datetime) -> Iterator[str]:
        """The files that nobody has put there since that moment."""
        for item in self._shelf.items(ENVELOPES):
            if item.modified < before:
                yield item.name.rpartition("/")[2]

    def rewrap(self, address: str) -> bool:
        """Its data key is wrapped under the current key; whether it was not before. The body stays as it is."""
        name = _envelope_name(address)
        envelope = Envelope.from_bytes(self._shelf.get(name))
        if envelope.key == self._keys.current:
            return False
        about = envelope.about(address)
        key, wrapped = self._keys.wrap(self._keys.unwrap(envelope.key, envelope.wrapped, about), about)
        self._shelf.replace(name, replace(envelope, key=key, wrapped=wrapped).to_bytes())
        return True

    def sweep(self, before: datetime) -> int:
        """Remove bodies that no envelope names, of writers that died before that moment; how many.

        One at a time, and not beside `erase` with a moment or `rewrap`: an envelope is out of sight while it is moved.
        """
        swept = self._shelf.sweep(before)
        old = {item.name for item in self._shelf.items(BODIES) if item.modified < before}
        if not old:
            return swept
        for item in self._shelf.items(ENVELOPES):
            try:
                old.discard(_body_name(Envelope.from_bytes(self._shelf.get(item.name)).body))
            except BlobUnknown:
                continue
        return swept + sum(self._shelf.take_away(name) for name in old)


def _envelope_name(address: str) -> str:
    return f"{ENVELOPES}/{address[:2]}/{address}"


def _body_name(body: str) -> str:
    return f"{BODIES}/{body[:2]}/{body}"
