"""How large a picture becomes when it is opened: a small file may name more pixels than any machine has room for."""

import struct
from typing import IO, Final

MOST_PIXELS: Final = 200_000_000
MOST_MARKERS: Final = 10_000
_MARKER: Final = 0xFF
_LENGTH_BYTES: Final = 2
_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's start-of-frame markers."""
_BARE: Final = frozenset((0x01, *range(0xD0, 0xD8)))
"""JPEG's markers that have no length."""


def refusal_of_picture(file: IO[bytes], media_type: str) -> str | None:
    """Why this picture is not taken in, as a code; None where nothing is wrong with it."""
    try:
        pixels = {"image/png": _png, "image/jpeg": _jpeg}[media_type](file)
    except (struct.error, ValueError):
        return "picture_broken"
    return "picture_too_large" if pixels > MOST_PIXELS else None


def _png(file: IO[bytes]) -> int:
    file.seek(8)
    length, kind, width, height = struct.unpack(">L4sLL", file.read(16))
    if (length, kind) != (13, b"IHDR") or not width or not height:
        raise ValueError("no header")
    return int(width * height)


def _jpeg(file: IO[bytes]) -> int:
    place = 2
    for _ in range(MOST_MARKERS):
        file.seek(place)
        start, marker = struct.unpack(">BB", file.read(2))
        if start != _MARKER:
            raise ValueError("no marker")
        if marker == _MARKER or marker in _BARE:
            place += (
                1 if marker == _MARKER else len(b"\xff?")
            )  # a marker may be preceded by any number of its first byte
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if marker in _SIZES:
            _, height, width = struct.unpack(">BHH", file.read(5))
            return int(height * width)
        if length < _LENGTH_BYTES:
            raise ValueError("no length")
        place += len(b"\xff?") + length
    raise ValueError("no end of markers")
