"""Where a file grows while it arrives: sealed from its first byte, kept over a crash, written by one at a time.

A file here is a log of frames of any length, each sealed once and never written again, behind an envelope with the
wrapped data key. What a crash left half written at its end is cut off when somebody goes on.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from shared.storage.errors import BlobDamaged, BlobUnknown, StagingBusy, storage_errors
from shared.storage.folder import MODE, make_folder, settle, write_all
from shared.storage.frames import FRAME_BYTES, OVERHEAD_BYTES, Frames, new_data_key
from shared.storage.keys import StorageKeys

MAGIC: Final = b"TLSTAGE1"
LENGTH_BYTES: Final = 4
_ABOUT: Final = b"staging "


@dataclass(frozen=True)
class Piece:
    """One frame of a staged file."""

    number: int
    start: int
    """Of its plain text, in the file that arrives."""
    size: int
    place: int
    """Of the sealed frame, in the file on disk."""


class Appending:
    """A staged file while one writer has it."""

    def __init__(self, file: int, frames: Frames, pieces: list[Piece]) -> None:
        self._file, self._frames = file, frames
        self._number = len(pieces)
        self._rest = bytearray()
        self.kept = pieces[-1].start + pieces[-1].size if pieces else 0
        """How much is in the file; certain only after `keep`."""

    @property
    def offset(self) -> int:
        """How much has arrived."""
        return self.kept + len(self._rest)

    def write(self, chunk: bytes) -> None:
        """More of the file; it is sealed by the frame."""
        self._rest += chunk
        while len(self._rest) >= FRAME_BYTES:
            self._seal(FRAME_BYTES)

    def keep(self) -> int:
        """All that was written survives a loss of power; how much that is."""
        if self._rest:
            self._seal(len(self._rest))
        with storage_errors():
            os.fsync(self._file)
        return self.kept

    @property
    def pieces(self) -> int:
        """How many frames there are: many small ones are a waste that a caller may want to bound."""
        return self._number

    def _seal(self, size: int) -> None:
        sealed = self._frames.seal(self._number, bytes(self._rest[:size]), last=False)
        with storage_errors():
            write_all(self._file, size.to_bytes(LENGTH_BYTES, "big") + sealed)
        del self._rest[:size]
        self._number += 1
        self.kept += size


class Staged:
    """A staged file that is read: whole, or here and there as a file."""

    def __init__(self, file: int, frames: Frames, pieces: list[Piece]) -> None:
        self._file, self._frames, self._pieces = file, frames, pieces
        self._opened: tuple[int, bytes] = (-1, b"")
        self._at = 0
        self.size = pieces[-1].start + pieces[-1].size if pieces else 0

    def chunks(self) -> Iterator[bytes]:
        """All of it, piece by piece; raises BlobDamaged."""
        for piece in self._pieces:
            yield self._open(piece)

    def read(self, size: int = -1) -> bytes:
        """As of a file."""
        end = self.size if size < 0 else min(self._at + size, self.size)
        found = []
        while self._at < end:
            piece = self._pieces[self._holding(self._at)]
            part = self._open(piece)[self._at - piece.start : end - piece.start]
            found.append(part)
            self._at += len(part)
        return b"".join(found)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As of a file; raises ValueError before its beginning."""
        at = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence] + offset
        if at < 0:
            raise ValueError("there is nothing before the beginning")
        self._at = at
        return at

    def tell(self) -> int:
        """As of a file."""
        return self._at

    def seekable(self) -> bool:
        """As of a file."""
        return True

    def _holding(self, at: int) -> int:
        low, high = 0, len(self._pieces) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._pieces[middle].start <= at else (low, middle - 1)
        return low

    def _open(self, piece: Piece) -> bytes:
        number, plain = self._opened
        if number != piece.number:
            plain = _plain(self._file, self._frames, piece)
            self._opened = (piece.number, plain)
        return plain


class Staging:
    """The folder of all that is arriving. Several machines may share it if they share the file system."""

    def __init__(self, folder: Path, keys: StorageKeys) -> None:
        self._folder, self._keys = folder, keys
        with storage_errors():
            make_folder(folder)

    def kept(self, id: UUID) -> int:
        """How much of this has arrived for good; 0 where nothing has."""
        try:
            with self._opened(id, os.O_RDONLY) as file:
                os.fsync(file)
                pieces = _pieces(file, _after_envelope(file))
        except BlobUnknown:
            return 0
        return pieces[-1].start + pieces[-1].size if pieces else 0

    @contextmanager
    def appending(self, id: UUID) -> Iterator[Appending]:
        """For the one who writes on; raises StagingBusy while somebody else does."""
        with self._opened(id, os.O_RDWR | os.O_CREAT) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StagingBusy from error
            frames = self._frames(file, id) or self._begin(file, id)
            pieces = _pieces(file, _after_envelope(file))
            if pieces and not _whole(file, frames, pieces[-1]):
                pieces.pop()
            end = _end(pieces[-1]) if pieces else _after_envelope(file)
            with storage_errors():
                os.ftruncate(file, end)
                os.lseek(file, end, os.SEEK_SET)
            yield Appending(file, frames, pieces)

    @contextmanager
    def reading(self, id: UUID) -> Iterator[Staged]:
        """For whoever looks at all that has arrived; raises BlobUnknown."""
        with self._opened(id, os.O_RDONLY) as file:
            frames = self._frames(file, id)
            if frames is None:
                raise BlobUnknown
            yield Staged(file, frames, _pieces(file, _after_envelope(file)))

    def remove(self, id: UUID) -> None:
        """Nothing has arrived under this id."""
        with storage_errors():
            self._path(id).unlink(missing_ok=True)

    def untouched(self, since: datetime) -> Iterator[UUID]:
        """What nobody has written to since that moment."""
        return (id for id, modified in self._all() if modified < since)

    def touched(self, since: datetime) -> Iterator[UUID]:
        """What somebody has written to since that moment."""
        return (id for id, modified in self._all() if modified >= since)

    def _all(self) -> Iterator[tuple[UUID, datetime]]:
        with storage_errors():
            for path in self._folder.iterdir():
                try:
                    yield UUID(path.name), datetime.fromtimestamp(path.stat().st_mtime, UTC)
                except (FileNotFoundError, ValueError):
                    continue

    @contextmanager
    def _opened(self, id: UUID, flags: int) -> Iterator[int]:
        with storage_errors():
            file = os.open(self._path(id), flags | os.O_CLOEXEC | os.O_NOFOLLOW, MODE)
        try:
            yield file
        finally:
            os.close(file)

    def _begin(self, file: int, id: UUID) -> Frames:
        data_key = new_data_key()
        key, wrapped = self._keys.wrap(data_key, _ABOUT + id.bytes)
        named = key.encode()
        envelope = MAGIC + bytes((len(named), len(wrapped))) + named + wrapped
        with storage_errors():
            os.ftruncate(file, 0)
            os.lseek(file, 0, os.SEEK_SET)
            write_all(file, envelope)
            os.fsync(file)
            settle(self._folder)
        return Frames(data_key, id.bytes)

    def _frames(self, file: int, id: UUID) -> Frames | None:
        """None where the envelope was never finished: nothing that followed it was ever confirmed to anybody."""
        end = _after_envelope(file)
        if end == 0:
            return None
        head = os.pread(file, end, 0)
        named = head[len(MAGIC)]
        key = head[len(MAGIC) + 2 : len(MAGIC) + 2 + named]
        data_key = self._keys.unwrap(key.decode(), head[len(MAGIC) + 2 + named :], _ABOUT + id.bytes)
        return Frames(data_key, id.bytes)

    def _path(self, id: UUID) -> Path:
        return self._folder / str(id)


def _after_envelope(file: int) -> int:
    """Where the frames begin; 0 where there is no whole envelope."""
    head = os.pread(file, len(MAGIC) + 2, 0)
    if len(head) < len(MAGIC) + 2 or not head.startswith(MAGIC):
        return 0
    end = len(head) + head[-2] + head[-1]
    return end if os.fstat(file).st_size >= end else 0


def _pieces(file: int, place: int) -> list[Piece]:
    """The frames that are there in full length."""
    size, start, found = os.fstat(file).st_size, 0, list[Piece]()
    while place:
        told = os.pread(file, LENGTH_BYTES, place)
        length = int.from_bytes(told, "big")
        end = place + LENGTH_BYTES + length + OVERHEAD_BYTES
        if len(told) < LENGTH_BYTES or not 0 < length <= FRAME_BYTES or end > size:
            break
        found.append(Piece(len(found), start, length, place + LENGTH_BYTES))
        place, start = end, start + length
    return found


def _end(piece: Piece) -> int:
    return piece.place + piece.size + OVERHEAD_BYTES


def _plain(file: int, frames: Frames, piece: Piece) -> bytes:
    with storage_errors():
        sealed = os.pread(file, piece.size + OVERHEAD_BYTES, piece.place)
    return frames.open(piece.number, sealed, last=False)


def _whole(file: int, frames: Frames, piece: Piece) -> bool:
    try:
        _plain(file, frames, piece)
    except BlobDamaged:
        return False
    return True
