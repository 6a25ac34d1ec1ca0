"""What a file is by its first bytes. Only what is taken in here is known; everything else is no kind at all."""

from dataclasses import dataclass
from typing import Final

HEAD_BYTES: Final = 65_536
"""How much of the beginning is looked at."""
ZIP: Final = b"PK\x03\x04"
_HEIF_BRANDS: Final = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_ODT: Final = b"mimetypeapplication/vnd.oasis.opendocument.text"
_ODT_PLACE: Final = 30
"""The first entry of an ODF package is its media type, stored as it is."""
_MARKUP: Final = (
    b"<!doctype",
    b"<html",
    b"<head",
    b"<script",
    b"<iframe",
    b"<svg",
    b"<?xml",
    b"<body",
    b"<!--",
    b"{\\rtf",
)
"""Text that a browser or an office program would not show as text."""


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken in."""

    media_type: str
    zipped: bool = False
    text: bool = False


KINDS: Final = {
    kind.media_type: kind
    for kind in (
        Kind("application/pdf"),
        Kind("image/png"),
        Kind("image/jpeg"),
        Kind("image/tiff"),
        Kind("image/heic"),
        Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", zipped=True),
        Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", zipped=True),
        Kind("application/vnd.oasis.opendocument.text", zipped=True),
        Kind("text/plain", text=True),
        Kind("text/csv", text=True),
    )
}


def begins_as(kind: Kind, head: bytes) -> bool:
    """Whether the first bytes are those of this kind. Of a package and of text they do not tell everything."""
    if kind.zipped:
        odt = head[_ODT_PLACE : _ODT_PLACE + len(_ODT)] == _ODT
        return head.startswith(ZIP) and odt == (kind.media_type == "application/vnd.oasis.opendocument.text")
    if kind.text:
        return _signature(head) is None and not _is_markup(head)
    return _signature(head) == kind.media_type


def _signature(head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"II*\0", b"MM\0*")):
        return "image/tiff"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "image/heic"
    return "application/zip" if head.startswith(b"PK") else None


def _is_markup(head: bytes) -> bool:
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\x0c\r ")[:16].lower()
    return begins.startswith((*_MARKUP, b"%!ps", b"#!", b"mz\x90"))
