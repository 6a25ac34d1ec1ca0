"""Names as people write them, and folded so that they can be found."""

import unicodedata


def fold(name: str) -> str:
    """`name` without case, accents and extra space: `Siân  Ó Briain` -> `sian o briain`. Never empty for a name."""
    decomposed = _decomposed(_decomposed(name).casefold())  # twice: some signs hide capitals, some capitals accents
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split()) or name


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text)
