"""Identifiers: UUIDv7 for machines, checked references for people."""

import secrets
import time
from uuid import UUID

ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"
"""No vowels, so that no reference spells a word; no L, which looks like 1."""
LENGTH = 8
"""Of a reference without its prefix, the check character included."""


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique, and sorted by the millisecond in which it was made."""
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1)


def new_reference(prefix: str) -> str:
    """A reference a person can read out, such as `CASE-7K3M-2QXD`: seven random characters and a check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    text = body + check_character(body)
    return f"{prefix}-{text[:4]}-{text[4:]}"


def is_reference(text: str, prefix: str) -> bool:
    """Whether `text` can be a reference of this kind: shape and check character, not whether it exists."""
    head, _, tail = text.upper().partition("-")
    body = tail.replace("-", "")
    return (
        head == prefix and len(body) == LENGTH and set(body) <= set(ALPHABET) and check_character(body[:-1]) == body[-1]
    )


def check_character(body: str) -> str:
    """The Luhn mod N check character: every single wrong character and most swapped neighbours are noticed."""
    size = len(ALPHABET)
    total = 0
    for position, character in enumerate(reversed(body)):
        doubled = ALPHABET.index(character) * (2 if position % 2 == 0 else 1)
        total += doubled // size + doubled % size
    return ALPHABET[-total % size]
