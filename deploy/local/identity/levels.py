"""How sure we are of who somebody is, and by which proofs: the levels that a client may ask for and tokens tell."""

from typing import Final

PASSWORD_LEVEL: Final = "aal1"  # noqa: S105 - the name of a level of assurance
CODE_LEVEL: Final = "aal2"
LEVELS: Final = (PASSWORD_LEVEL, CODE_LEVEL)
METHODS: Final[dict[str, tuple[str, ...]]] = {PASSWORD_LEVEL: ("pwd",), CODE_LEVEL: ("pwd", "otp")}


def wanted(acr_values: str | None) -> str:
    """The level a client prefers: the first of its wishes that exists here, the lowest where it has none."""
    return next((level for level in (acr_values or "").split() if level in LEVELS), PASSWORD_LEVEL)


def reaches(level: str, wish: str) -> bool:
    """Whether somebody known at this level is known well enough for the wish."""
    return LEVELS.index(level) >= LEVELS.index(wish)
