"""Ranges of a file (RFC 9110, 14): one at most, and the whole file where none can be made out."""

import re
from dataclasses import dataclass
from typing import Final

from services.gateway.edge.problem import Problem

_RANGE: Final = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)
MOST_DIGITS: Final = 18


@dataclass(frozen=True)
class Part:
    """The bytes from one place up to another."""

    start: int
    stop: int


def part_of(header: str | None, condition: str | None, *, etag: str, size: int) -> Part | None:
    """The part that was asked for; None for all of it. Raises a problem where the file has no such part.

    Several ranges at once are a way to make work, so all of it is sent then, as the standard allows.
    """
    if header is None or (condition is not None and condition != etag):
        return None
    read = _RANGE.fullmatch(header)
    if read is None or read[1] == read[2] == "":
        return None
    first, last = (_number(text) for text in read.groups())
    if first is None:
        assert last is not None
        return _part(max(0, size - last), size, size)
    if last is not None and last < first:
        return None
    return _part(first, size if last is None else min(last + 1, size), size)


def _part(start: int, stop: int, size: int) -> Part:
    if start >= size or start >= stop:
        detail = f"The file has {size} bytes."
        raise Problem("range_unsatisfiable", detail, headers=((b"content-range", f"bytes */{size}".encode()),))
    return Part(start, stop)


def _number(text: str) -> int | None:
    if not text:
        return None
    return int(text) if len(text) <= MOST_DIGITS else 10**MOST_DIGITS
