"""What a client asks of a sign-in: how fresh it must be, and how sure."""

from flask import request

from deploy.local.identity.levels import wanted

MOST_DIGITS = 9


def longest_ago() -> int | None:
    """How long ago the client allows the sign-in to have been; anything that is no number means just now."""
    text = request.args.get("max_age")
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def level() -> str:
    """The level of assurance that the client would have."""
    return wanted(request.args.get("acr_values"))


def silently() -> bool:
    """Whether the client wants no page shown."""
    return request.args.get("prompt") == "none"
