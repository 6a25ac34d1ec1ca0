"""What was wrong where, in our own words: a library's message may quote what was sent."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError

Context = Mapping[str, Any]
_WORDS: Final[dict[str, Callable[[Context], str]]] = {
    "missing": lambda _: "is needed",
    "literal_error": lambda c: f"must be one of {c['expected']}",
    "string_type": lambda _: "must be text",
    "string_too_short": lambda c: f"must have at least {c['min_length']} characters",
    "string_too_long": lambda c: f"must have at most {c['max_length']} characters",
    "string_pattern_mismatch": lambda c: f"must match {c['pattern']}",
    "int_type": lambda _: "must be a whole number",
    "int_parsing": lambda _: "must be a whole number",
    "int_from_float": lambda _: "must be a whole number",
    "float_type": lambda _: "must be a number",
    "bool_type": lambda _: "must be true or false",
    "bool_parsing": lambda _: "must be true or false",
    "dict_type": lambda _: "must be an object",
    "model_type": lambda _: "must be an object",
    "tuple_type": lambda _: "must be a list",
    "list_type": lambda _: "must be a list",
    "too_short": lambda c: f"must have at least {c['min_length']} items",
    "too_long": lambda c: f"must have at most {c['max_length']} items",
    "greater_than": lambda c: f"must be greater than {c['gt']}",
    "greater_than_equal": lambda c: f"must be at least {c['ge']}",
    "less_than": lambda c: f"must be less than {c['lt']}",
    "less_than_equal": lambda c: f"must be at most {c['le']}",
    "uuid_type": lambda _: "must be a UUID",
    "uuid_parsing": lambda _: "must be a UUID",
    "timezone_aware": lambda _: "must say its offset from UTC, such as Z",
    "value_error": lambda c: str(c["error"]),
}


def mistakes(error: ValidationError) -> list[dict[str, str]]:
    """Each mistake by JSON pointer (RFC 6901)."""
    return [
        {"pointer": _pointer(found["loc"]), "detail": _words(found["type"], found.get("ctx", {}))}
        for found in error.errors(include_url=False, include_input=False)
    ]


def unknown_field(known: tuple[str, ...]) -> dict[str, str]:
    """There is a field that nobody knows. Its name came from outside, so it is not repeated."""
    return {"pointer": "", "detail": f"holds a field that is not known here; known are {', '.join(known) or 'none'}"}


def _words(kind: str, context: Context) -> str:
    if kind in _WORDS:
        return _WORDS[kind](context)
    if kind.startswith(("datetime", "date")):
        return "must be a date and time as in RFC 3339"
    return "does not fit what this field holds"


def _pointer(place: tuple[int | str, ...]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)
