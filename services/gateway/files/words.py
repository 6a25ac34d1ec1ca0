"""Whether something said to be text is: no byte that only programs and pictures have (as the MIME sniffing standard)."""

from typing import Final

_TEXT: Final = bytes(range(256)).translate(None, bytes((*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20))))


def is_text(chunk: bytes) -> bool:
    """Whether all of it can be part of a text, in UTF-8 or one of the old encodings of one byte a character."""
    return not chunk.translate(None, _TEXT)
