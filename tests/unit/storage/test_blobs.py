"""Files at rest: found by what they hold, unreadable without the keys, and nothing wrong with them goes unnoticed."""

import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.processes.rewrap_files import rewrap_all
from shared.storage.blobs import Blobs
from shared.storage.errors import BlobDamaged, BlobUnknown, StorageUnavailable
from shared.storage.folder import FolderShelf
from shared.storage.frames import FRAME_BYTES, OVERHEAD_BYTES
from shared.storage.keys import StorageKeys, StorageKeysUnusable, new_keys

SECRET = b"the applicant lives at 1 Example Street"
OLD, YOUNG = "2025-11", "2026-11"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
KEYS = StorageKeys({OLD: b"o" * 32, YOUNG: b"y" * 32}, YOUNG)


def blobs_in(folder: Path, keys: StorageKeys = KEYS) -> Blobs:
    return Blobs(FolderShelf(folder), keys)


def put(blobs: Blobs, content: bytes, *, step: int = 10_000) -> str:
    pending = blobs.new()
    for at in range(0, len(content), step):
        pending.write(content[at : at + step])
    return pending.finish()


def files(folder: Path, kind: str) -> list[Path]:
    return sorted(path for path in (folder / kind).rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 20 * FRAME_BYTES + 7])
def test_a_file_comes_back_as_it_was_under_the_digest_of_what_it_holds(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    blobs = blobs_in(tmp_path)
    address = put(blobs, content)
    assert address == sha256(content).hexdigest()
    found = blobs.open(address)
    assert (found.size, b"".join(found.read())) == (size, content)


@settings(max_examples=60, deadline=None)
@given(start=st.integers(0, 700_000), length=st.integers(0, 700_000))
def test_any_part_can_be_read_by_itself(tmp_path_factory: pytest.TempPathFactory, start: int, length: int) -> None:
    content = bytes(range(256)) * 2_500
    blobs = blobs_in(tmp_path_factory.mktemp("blobs"))
    found = blobs.open(put(blobs, content, step=100_000))
    assert b"".join(found.read(start, start + length)) == content[start : start + length]


def test_a_part_is_read_without_reading_the_rest(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    address = put(blobs, os.urandom(FRAME_BYTES * 10))
    (body,) = files(tmp_path, "bodies")
    with body.open("r+b") as file:  # everything but the third frame is spoiled
        file.write(b"\0" * 2 * (FRAME_BYTES + OVERHEAD_BYTES))
    found = blobs.open(address)
    assert sum(map(len, found.read(2 * FRAME_BYTES, 3 * FRAME_BYTES))) == FRAME_BYTES
    with pytest.raises(BlobDamaged):
        list(found.read(0, 1))


def test_nothing_on_disk_shows_what_a_file_holds(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    put(blobs, SECRET * 5_000)
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(stored) == 2
    assert not any(SECRET in path.read_bytes() for path in stored)


def test_nobody_else_on_the_machine_may_look(tmp_path: Path) -> None:
    put(blobs_in(tmp_path / "root"), SECRET)
    for path in (tmp_path / "root").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_same_file_twice_is_stored_once(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    assert put(blobs, SECRET) == put(blobs, SECRET, step=3)
    assert len(files(tmp_path, "bodies")) == len(files(tmp_path, "envelopes")) == 1
    assert b"".join(blobs.open(sha256(SECRET).hexdigest()).read()) == SECRET


def test_many_who_put_the_same_file_at_once_agree(tmp_path: Path) -> None:
    blobs, content = blobs_in(tmp_path), os.urandom(FRAME_BYTES * 3)
    threads = [threading.Thread(target=put, args=(blobs, content)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files(tmp_path, "bodies")) == 1
    assert b"".join(blobs.open(sha256(content).hexdigest()).read()) == content


def test_what_was_discarded_was_never_there(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    pending = blobs.new()
    pending.write(SECRET)
    pending.discard()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    with pytest.raises(BlobUnknown):
        blobs.open(sha256(SECRET).hexdigest())


def _cut(body: bytes) -> bytes:
    return body[: 2 * (FRAME_BYTES + OVERHEAD_BYTES)]


def _swap(body: bytes) -> bytes:
    whole = FRAME_BYTES + OVERHEAD_BYTES
    return body[whole : 2 * whole] + body[:whole] + body[2 * whole :]


def _lengthen(body: bytes) -> bytes:
    return body + body[: FRAME_BYTES + OVERHEAD_BYTES]


def _flip(body: bytes) -> bytes:
    return body[:-20] + bytes((body[-20] ^ 1,)) + body[-19:]


@pytest.mark.parametrize("spoil", [_cut, _swap, _flip, lambda _: b""])
def test_a_body_that_was_meddled_with_is_not_given_out(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    blobs = blobs_in(tmp_path)
    address = put(blobs, os.urandom(FRAME_BYTES * 3 - 5))
    (body,) = files(tmp_path, "bodies")
    body.write_bytes(spoil(body.read_bytes()))
    with pytest.raises(BlobDamaged):
        list(blobs.open(address).read())


def test_what_was_put_behind_a_body_is_not_read(tmp_path: Path) -> None:
    blobs, content = blobs_in(tmp_path), os.urandom(FRAME_BYTES * 2)
    address = put(blobs, content)
    (body,) = files(tmp_path, "bodies")
    body.write_bytes(_lengthen(body.read_bytes()))
    assert b"".join(blobs.open(address).read()) == content


def test_one_file_cannot_be_passed_off_as_another(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    one, other = put(blobs, b"refused"), put(blobs, b"granted")
    (mine,) = (path for path in files(tmp_path, "envelopes") if path.name == one)
    (theirs,) = (path for path in files(tmp_path, "envelopes") if path.name == other)
    mine.write_bytes(theirs.read_bytes())
    with pytest.raises(BlobDamaged):
        blobs.open(one)


@pytest.mark.parametrize("field", ["size", "body", "key", "wrapped", "version", "frame"])
def test_an_envelope_that_was_meddled_with_opens_nothing(tmp_path: Path, field: str) -> None:
    blobs = blobs_in(tmp_path)
    address = put(blobs, SECRET)
    (envelope,) = files(tmp_path, "envelopes")
    told = json.loads(envelope.read_bytes())
    told[field] = told[field] + 1 if isinstance(told[field], int) else "00" * 16
    envelope.write_bytes(json.dumps(told).encode())
    with pytest.raises(BlobDamaged):
        blobs.open(address)


def test_a_key_is_replaced_without_touching_the_files(tmp_path: Path) -> None:
    before = blobs_in(tmp_path, StorageKeys({OLD: b"o" * 32}, OLD))
    address = put(before, SECRET)
    (body,) = files(tmp_path, "bodies")
    sealed = body.read_bytes()
    both = blobs_in(tmp_path)
    assert [both.rewrap(address), both.rewrap(address)] == [True, False]
    after = blobs_in(tmp_path, StorageKeys({YOUNG: b"y" * 32}, YOUNG))
    assert b"".join(after.open(address).read()) == SECRET
    assert body.read_bytes() == sealed
    with pytest.raises(BlobDamaged):
        before.open(address)


def test_an_erased_file_is_gone_with_its_key(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    address = put(blobs, SECRET)
    assert blobs.erase(address)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not blobs.erase(address)
    with pytest.raises(BlobUnknown):
        blobs.open(address)


def test_a_file_that_somebody_put_again_meanwhile_is_not_collected(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    address = put(blobs, SECRET)
    (envelope,) = files(tmp_path, "envelopes")
    os.utime(envelope, (0, 0))
    assert list(blobs.addresses(LONG_AGO)) == [address]
    put(blobs, SECRET)  # between the look and the collecting
    assert not blobs.erase(address, unless_after=LONG_AGO)
    assert list(blobs.addresses(LONG_AGO)) == []
    assert b"".join(blobs.open(address).read()) == SECRET


def test_what_a_dead_writer_left_behind_is_swept_and_nothing_else(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    address = put(blobs, SECRET)
    dead = blobs.new()
    dead.write(os.urandom(FRAME_BYTES * 2))
    orphan = tmp_path / "bodies" / "ab" / ("ab" * 16)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"nobody names this")
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert blobs.sweep(LONG_AGO) == 0
    assert blobs.sweep(soon) == 2
    assert b"".join(blobs.open(address).read()) == SECRET


def test_a_place_that_is_full_or_forbidden_is_an_outage_not_a_missing_file(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    address = put(blobs, SECRET)
    (envelope,) = files(tmp_path, "envelopes")
    envelope.unlink()
    envelope.mkdir()
    with pytest.raises(StorageUnavailable):
        blobs.open(address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"current": "a"}',
        '{"current": "a", "keys": {}}',
        '{"current": "a", "keys": {"a": "c2hvcnQ"}}',
        '{"current": "a", "keys": {"a": "not base64!"}}',
        '{"current": "../a", "keys": {"../a": "b29vb29vb29vb29vb29vb29vb29vb29vb29vb29vb28"}}',
    ],
)
def test_keys_that_cannot_be_used_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(StorageKeysUnusable) as refused:
        StorageKeys.from_text(text)
    assert "b29v" not in str(refused.value)
    assert "c2hv" not in str(refused.value)


def test_a_new_secret_is_one_that_can_be_used() -> None:
    assert StorageKeys.from_text(new_keys(YOUNG)).current == YOUNG


def test_all_keys_are_rewrapped_at_once_and_only_once(tmp_path: Path) -> None:
    before = blobs_in(tmp_path, StorageKeys({OLD: b"o" * 32}, OLD))
    contents = [os.urandom(100) for _ in range(5)]
    addresses = [put(before, content) for content in contents]
    both = blobs_in(tmp_path)
    assert [rewrap_all(both), rewrap_all(both)] == [(5, 5), (5, 0)]
    after = blobs_in(tmp_path, StorageKeys({YOUNG: b"y" * 32}, YOUNG))
    assert [b"".join(after.open(address).read()) for address in addresses] == contents
