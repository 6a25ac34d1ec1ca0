"""Which family of browsers this is: enough to tell one's own sessions apart, too little to tell people apart."""

from typing import Final

# the more particular first: each of them also calls itself by the later names
_FAMILIES: Final = (
    ("edg", "edge"),
    ("opr/", "opera"),
    ("firefox", "firefox"),
    ("chrom", "chrome"),
    ("safari", "safari"),
)


def family_of(user_agent: str | None) -> str:
    """A code, `other` for everything unknown."""
    told = (user_agent or "")[:500].lower()
    return next((family for mark, family in _FAMILIES if mark in told), "other")
