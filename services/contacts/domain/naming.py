"""Names as people write them, and folded so that they can be found."""

import unicodedata


def fold(name: str) -> str:
    """`name` without case, accents and extra space: `Siân  Ó Briain` -> `sian o briain`."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
