"""What requests and answers about uploads say in their headers (draft-ietf-httpbis-resumable-upload)."""

import re
from collections.abc import Mapping
from typing import Any, Final

from services.gateway.edge.headers import Headers
from services.gateway.edge.problem import Problem, malformed

MEDIA_TYPES: Final = ("application/partial-upload", "application/octet-stream")
_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,14}", re.ASCII)
_COMPLETE: Final = {"?1": True, "?0": False}
Fields = tuple[tuple[bytes, bytes], ...]
DISCONTINUED: Final = frozenset(("refused", "cancelled", "expired"))


def offset_of(headers: Headers) -> int:
    """Where the bytes of this request belong; raises a problem where it does not say."""
    value = headers.one(b"upload-offset")
    if value is None or not _WHOLE.fullmatch(value):
        raise malformed("Send Upload-Offset with the place of the first byte: HEAD tells it.", "uploads.offset_missing")
    return int(value)


def completes(headers: Headers) -> bool:
    """Whether these bytes are the last; raises a problem where it does not say."""
    complete = _COMPLETE.get(headers.one(b"upload-complete") or "")
    if complete is None:
        detail = "Send Upload-Complete: ?1 with the last bytes, and ?0 with all others."
        raise malformed(detail, "uploads.complete_missing")
    return complete


def require_media_type(headers: Headers) -> None:
    """Raises a problem where the body is not said to be a part of a file."""
    if headers.one(b"content-type") not in MEDIA_TYPES:
        raise Problem("unsupported_media_type", f"Send the bytes as {' or '.join(MEDIA_TYPES)}.")
    if headers.one(b"content-encoding") not in (None, "identity"):
        raise Problem("unsupported_media_type", "A compressed body is not read here: send it as it is.")


def told(*, offset: int, complete: bool) -> Fields:
    """How far it is."""
    return ((b"upload-offset", str(offset).encode()), (b"upload-complete", b"?1" if complete else b"?0"))


def limits(*, most_bytes: int, idle_seconds: float) -> Fields:
    """How much may come, and how long is waited for it."""
    return ((b"upload-limit", f"max-size={most_bytes}, max-age={round(idle_seconds)}".encode()),)


def length_of(upload: Mapping[str, Any]) -> Fields:
    """How long it is said to be."""
    return ((b"upload-length", str(upload["length"]).encode()),)
