"""Values made safe to stand in a letter: one line of words, that adds no line, no header, no direction and no link."""

import re
import unicodedata

_BREAKS = {"Cc", "Zl", "Zp", "Cs"}
"""Control characters, line and paragraph separators, lone surrogates."""
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the reading direction around: a value may not show as something it is not."""
_LINKING_DOT = re.compile(r"(?<=\w)\.(?=\w{2})")


def plain(value: str) -> str:
    """`value` as one line. Mail readers make links of what looks like an address: a space keeps them from it."""
    kept = (" " if unicodedata.category(c) in _BREAKS else c for c in value if c not in _DIRECTIONS)
    line = " ".join("".join(kept).split())
    return _LINKING_DOT.sub(". ", line.replace("://", ": "))


def in_words(code: str) -> str:
    """A code as people read it: `building_permit` is `building permit`."""
    return re.sub(r"[_-]+", " ", code).strip()
