"""What is looked at before anybody may have a file: that it is whole, what it was said to be, and nothing harmful."""

from typing import IO, Final, cast

from services.gateway.files.kinds import HEAD_BYTES, KINDS, begins_as
from services.gateway.files.packages import TAIL_BYTES, holds_package, refusal_of_package
from services.gateway.files.pictures import refusal_of_picture
from services.gateway.files.scanning import Scanner
from services.gateway.files.words import is_text
from shared.storage.blobs import PendingBlob
from shared.storage.staging import Staged

_MEASURED: Final = ("image/png", "image/jpeg")


def refusal_of(staged: Staged, pending: PendingBlob, *, media_type: str, digest: str, scanner: Scanner) -> str | None:
    """Why this file is not taken in, as a code; None where it may be: then it has been written to `pending`.

    Once through all of it, so that what arrived damaged is not taken for what it looks like; then its structure.
    """
    kind, file, scan = KINDS[media_type], cast("IO[bytes]", staged), scanner.begin()
    all_text = True
    for chunk in staged.chunks():
        scan.feed(chunk)
        pending.write(chunk)
        all_text = all_text and (not kind.text or is_text(chunk))
    if pending.address != digest:
        return "digest_mismatch"
    if scan.found():
        return "harmful"
    file.seek(0)
    if not all_text or not begins_as(kind, file.read(HEAD_BYTES)):
        return "type_mismatch"
    if kind.zipped:
        return refusal_of_package(file, staged.size, media_type)
    if _holds_package(file, staged.size):
        return "polyglot"
    return refusal_of_picture(file, media_type) if media_type in _MEASURED else None


def _holds_package(file: IO[bytes], size: int) -> bool:
    file.seek(max(0, size - TAIL_BYTES))
    return holds_package(file.read(TAIL_BYTES), size)
