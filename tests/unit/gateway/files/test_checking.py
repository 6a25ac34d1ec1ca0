"""Nobody may have a file before it was looked at: whole, what it was said to be, and nothing harmful."""

from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from services.gateway.files.checking import refusal_of
from services.gateway.files.kinds import KINDS
from services.gateway.files.scanning import EICAR, EicarScanner, NoScanner, Scanner
from shared.storage.blobs import Blobs
from shared.storage.folder import FolderShelf
from shared.storage.keys import StorageKeys
from shared.storage.staging import Staging
from tests.support import documents

KEYS = StorageKeys({"2026-11": b"y" * 32}, "2026-11")


def look_at(
    folder: Path, content: bytes, media_type: str, *, digest: str = "", scanner: Scanner | None = None
) -> str | None:
    staging, blobs, id = Staging(folder / "staging", KEYS), Blobs(FolderShelf(folder / "blobs"), KEYS), uuid4()
    with staging.appending(id) as file:
        file.write(content)
        file.keep()
    with staging.reading(id) as staged:
        pending = blobs.new()
        refusal = refusal_of(
            staged,
            pending,
            media_type=media_type,
            digest=digest or sha256(content).hexdigest(),
            scanner=scanner or EicarScanner(),
        )
        if refusal is None:
            assert b"".join(blobs.open(pending.finish()).read()) == content
    return refusal


@pytest.mark.parametrize("media_type", sorted(KINDS))
def test_a_good_file_of_every_kind_is_taken_in_as_it_is(tmp_path: Path, media_type: str) -> None:
    assert look_at(tmp_path, documents.GOOD[media_type], media_type) is None


@pytest.mark.parametrize("media_type", sorted(KINDS))
@pytest.mark.parametrize("said", sorted(KINDS))
def test_a_file_of_one_kind_is_not_taken_in_as_another(tmp_path: Path, media_type: str, said: str) -> None:
    if media_type == said or {media_type, said} == {"text/plain", "text/csv"}:
        return
    # a file with nothing but text in it is text, whatever else it may be: only what begins otherwise is told apart
    assert look_at(tmp_path, documents.GOOD[media_type], said) == "type_mismatch"


@pytest.mark.parametrize("what", documents.HOSTILE)
def test_a_hostile_file_is_refused_and_it_is_said_why(tmp_path: Path, what: str) -> None:
    media_type, content, reason = documents.HOSTILE[what]
    assert look_at(tmp_path, content, media_type) == reason


def test_what_arrived_damaged_is_called_damaged_whatever_it_looks_like(tmp_path: Path) -> None:
    assert look_at(tmp_path, documents.PDF, "image/png", digest="0" * 64) == "digest_mismatch"


def test_a_photograph_with_much_metadata_is_measured_all_the_same(tmp_path: Path) -> None:
    assert look_at(tmp_path, documents.jpeg(4_000, 3_000, metadata=5), "image/jpeg") is None


def test_without_a_scanner_nothing_is_found(tmp_path: Path) -> None:
    assert look_at(tmp_path, EICAR, "text/plain", scanner=NoScanner()) is None


@pytest.mark.parametrize("media_type", sorted(KINDS))
def test_no_beginning_and_no_end_of_a_file_makes_looking_at_it_fail(tmp_path: Path, media_type: str) -> None:
    content = documents.GOOD[media_type]
    for size in range(1, len(content), max(1, len(content) // 40)):
        look_at(tmp_path, content[:size], media_type)
        look_at(tmp_path, content[size:], media_type)
        look_at(tmp_path, content[:size] + b"\xff\0\xff" + content[size + 3 :], media_type)
