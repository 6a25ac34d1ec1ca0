"""A shelf that is a folder: nothing is seen before it is whole and on disk, nobody else on the machine may read it."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from shared.storage.errors import BlobUnknown, storage_errors
from shared.storage.shelf import Item

UNFINISHED: Final = "unfinished"
MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
_NAME: Final = re.compile(r"[a-z0-9]+(/[a-z0-9]+)*")


class FolderWriter:
    """A file that gets its name when it is finished."""

    def __init__(self, unfinished: Path, target: Path) -> None:
        self._unfinished, self._target = unfinished, target
        with storage_errors():
            self._file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
        self._open = True

    def write(self, chunk: bytes) -> None:
        with storage_errors():
            write_all(self._file, chunk)

    def finish(self) -> None:
        with storage_errors():
            os.fsync(self._file)
            self._close()
            make_folder(self._target.parent)
            self._unfinished.replace(self._target)
            settle(self._target.parent)

    def discard(self) -> None:
        with storage_errors():
            self._close()
            self._unfinished.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._open:
            self._open = False
            os.close(self._file)


class FolderShelf:
    """Files below one folder. Several machines may share it if it is a file system that they share."""

    def __init__(self, root: Path) -> None:
        self._root = root
        with storage_errors():
            make_folder(root / UNFINISHED)

    def writer(self, name: str) -> FolderWriter:
        return FolderWriter(self._unfinished(), self._path(name))

    def put_new(self, name: str, content: bytes) -> bool:
        unfinished, target = self._unfinished(), self._path(name)
        with storage_errors():
            make_folder(target.parent)
            _write_whole(unfinished, content)
            try:
                os.link(unfinished, target)
            except FileExistsError:
                return False
            finally:
                unfinished.unlink()
            settle(target.parent)
        return True

    def replace(self, name: str, content: bytes) -> None:
        unfinished, target = self._unfinished(), self._path(name)
        with storage_errors():
            make_folder(target.parent)
            _write_whole(unfinished, content)
            unfinished.replace(target)
            settle(target.parent)

    def get(self, name: str) -> bytes:
        with storage_errors():
            return self._path(name).read_bytes()

    def read(self, name: str, start: int, length: int) -> bytes:
        with storage_errors(), self._path(name).open("rb", buffering=0) as file:
            return os.pread(file.fileno(), length, start)

    def refresh(self, name: str) -> bool:
        try:
            with storage_errors():
                os.utime(self._path(name))
        except BlobUnknown:
            return False
        return True

    def take_away(self, name: str, *, unless_after: datetime | None = None) -> bool:
        # moved aside before it is looked at: whoever refreshes it now either is seen here, or finds it gone
        path, aside = self._path(name), self._unfinished()
        with storage_errors():
            try:
                path.rename(aside)
            except FileNotFoundError:
                return False
            if unless_after is not None and _modified(aside) > unless_after:
                with suppress(FileExistsError):
                    os.link(aside, path)
                aside.unlink()
                return False
            aside.unlink()
            settle(path.parent)
        return True

    def items(self, prefix: str) -> Iterator[Item]:
        start = self._path(prefix)
        with storage_errors():
            for folder, _, files in os.walk(start, onerror=_unless_missing):
                for file in files:
                    path = Path(folder, file)
                    try:
                        yield Item(path.relative_to(self._root).as_posix(), _modified(path))
                    except FileNotFoundError:
                        continue  # taken away meanwhile

    def sweep(self, before: datetime) -> int:
        swept = 0
        with storage_errors():
            for path in (self._root / UNFINISHED).iterdir():
                try:
                    if _modified(path) < before:
                        path.unlink()
                        swept += 1
                except FileNotFoundError:
                    continue
        return swept

    def _path(self, name: str) -> Path:
        assert _NAME.fullmatch(name), "a name is lower-case letters, digits and slashes"
        return self._root / name

    def _unfinished(self) -> Path:
        return self._root / UNFINISHED / secrets.token_hex(16)


def make_folder(path: Path) -> None:
    """The folder is there, for its owner only."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def settle(folder: Path) -> None:
    """What was renamed or removed in a folder survives a loss of power."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def write_all(file: int, content: bytes) -> None:
    """All of it: the system may take less at once."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]


def _write_whole(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    try:
        write_all(file, content)
        os.fsync(file)
    finally:
        os.close(file)


def _unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error  # what cannot be listed must not be taken for what is not there


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
