"""Files while they arrive: nothing that was confirmed is lost, nothing half written is believed."""

import io
import itertools
import os
import random
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared.storage.errors import BlobDamaged, BlobUnknown, StagingBusy
from shared.storage.frames import FRAME_BYTES
from shared.storage.keys import StorageKeys
from shared.storage.staging import Staging

KEYS = StorageKeys({"2026-11": b"y" * 32}, "2026-11")
ID = UUID("019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01")


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    return Staging(tmp_path, KEYS)


def append(staging: Staging, content: bytes, id: UUID = ID) -> int:
    with staging.appending(id) as file:
        file.write(content)
        return file.keep()


def content_of(staging: Staging, id: UUID = ID) -> bytes:
    with staging.reading(id) as file:
        return b"".join(file.chunks())


def test_what_arrives_in_pieces_is_read_as_one(staging: Staging) -> None:
    content = os.urandom(FRAME_BYTES * 3 + 11)
    cuts = [0, 1, 70, 70 + FRAME_BYTES, FRAME_BYTES * 3, len(content)]
    for start, stop in itertools.pairwise(cuts):
        assert append(staging, content[start:stop]) == stop == staging.kept(ID)
    assert content_of(staging) == content


def test_nothing_has_arrived_where_nothing_was_written(staging: Staging) -> None:
    assert staging.kept(ID) == 0
    with pytest.raises(BlobUnknown), staging.reading(ID):
        pass


def test_only_one_writes_at_a_time(staging: Staging) -> None:
    with staging.appending(ID) as first:
        first.write(b"mine")
        with pytest.raises(StagingBusy), staging.appending(ID):
            pass
        first.keep()
    assert append(staging, b", then yours") == len(b"mine, then yours")


def test_the_bytes_on_disk_show_nothing_and_are_their_owners_alone(staging: Staging, tmp_path: Path) -> None:
    append(staging, b"1 Example Street" * 100)
    (path,) = tmp_path.iterdir()
    assert b"Example" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("lost", [1, 15, 28, 500, FRAME_BYTES - 1])
def test_what_a_crash_left_half_written_is_cut_off_and_written_again(
    staging: Staging, tmp_path: Path, lost: int
) -> None:
    content = os.urandom(FRAME_BYTES * 3)
    append(staging, content)
    path = tmp_path / str(ID)
    os.truncate(path, path.stat().st_size - lost)
    assert staging.kept(ID) == FRAME_BYTES * 2
    append(staging, content[FRAME_BYTES * 2 :])
    assert content_of(staging) == content


@pytest.mark.parametrize("rest", [b"\0" * 4096, b"\0\0\0\x05garbage that fills a frame of five bytes and goes on"])
def test_what_a_loss_of_power_left_at_the_end_is_no_frame(staging: Staging, tmp_path: Path, rest: bytes) -> None:
    append(staging, b"kept")
    with (tmp_path / str(ID)).open("ab") as file:
        file.write(rest)
    append(staging, b" and gone on")
    assert content_of(staging) == b"kept and gone on"


@pytest.mark.parametrize("size", range(0, 90, 8))
def test_an_envelope_that_was_never_finished_is_begun_again(staging: Staging, tmp_path: Path, size: int) -> None:
    append(staging, b"x" * 100)
    os.truncate(tmp_path / str(ID), size)
    assert staging.kept(ID) == 0
    append(staging, b"again")
    assert content_of(staging) == b"again"


def test_one_upload_cannot_be_passed_off_as_another(staging: Staging, tmp_path: Path) -> None:
    append(staging, b"mine")
    other = uuid4()
    (tmp_path / str(ID)).rename(tmp_path / str(other))
    with pytest.raises(BlobDamaged):
        content_of(staging, other)


def test_a_piece_that_was_meddled_with_is_noticed(staging: Staging, tmp_path: Path) -> None:
    append(staging, os.urandom(1_000))
    append(staging, os.urandom(1_000))
    path = tmp_path / str(ID)
    raw = bytearray(path.read_bytes())
    raw[400] ^= 1
    path.write_bytes(raw)
    with pytest.raises(BlobDamaged):
        content_of(staging)


def test_it_can_be_read_here_and_there_as_a_file(staging: Staging) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("a", os.urandom(200_000))
        made.writestr("b", b"small")
    content, at = buffer.getvalue(), 0
    choose = random.Random(7)
    while at < len(content):
        step = choose.randint(1, 30_000)
        append(staging, content[at : at + step])
        at += step
    with staging.reading(ID) as file:
        for _ in range(200):
            start, size = choose.randint(0, len(content) + 5), choose.randint(0, 100_000)
            file.seek(start)
            assert file.read(size) == content[start : start + size]
        assert zipfile.ZipFile(file).read("b") == b"small"


def test_what_nobody_writes_to_can_be_told_from_what_is_in_use(staging: Staging, tmp_path: Path) -> None:
    idle, busy = uuid4(), uuid4()
    append(staging, b"x", idle)
    append(staging, b"x", busy)
    (tmp_path / "lost+found").mkdir()
    os.utime(tmp_path / str(idle), (0, 0))
    moment = datetime.now(UTC) - timedelta(minutes=1)
    assert list(staging.untouched(moment)) == [idle]
    assert list(staging.touched(moment)) == [busy]
    staging.remove(idle)
    staging.remove(idle)
    assert staging.kept(idle) == 0
