"""Placeholders: `((name))` in a text stands for a value that a message knows. Nothing else is understood."""

import re

from services.notifications.domain.errors import PlaceholderInvalid

KNOWN = ("name", "reference", "case_type", "outcome")
"""What a text may ask for: the contact's name, and reference, case type and outcome of the case."""
PLACEHOLDER = re.compile(r"\(\(([^()]*)\)\)")


def key_of(written: str) -> str:
    """`Case type`, `case-type` and `CASE_TYPE` are one placeholder."""
    return "_".join(re.split(r"[\s_-]+", written.strip().lower()))


def placeholders_in(text: str) -> tuple[str, ...]:
    """The placeholders of a text, each once, in order of appearance."""
    return tuple(dict.fromkeys(key_of(found) for found in PLACEHOLDER.findall(text)))


def check(field: str, text: str) -> None:
    """Raises PlaceholderInvalid, which names the field and each fault, unless every placeholder of `text` is known."""
    unknown = [key for key in placeholders_in(text) if key not in KNOWN]
    faults = [f"(({key})) is not known: use {', '.join(KNOWN)}" for key in unknown]
    if "((" in PLACEHOLDER.sub("", text):
        faults.append("a placeholder is opened with (( and never closed with ))")
    if faults:
        errors = [{"pointer": f"/{field}", "detail": fault} for fault in faults]
        raise PlaceholderInvalid(f"The {field} cannot be used: {faults[0]}.", errors=errors)
