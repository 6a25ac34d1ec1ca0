"""Makes one full message that fits a JSON Schema: every field filled, the same each time."""

import re
from typing import Any, Final

WORDS: Final = (
    "example", "en", "city.permits", "A1b2-C3d4_", "One line that somebody wrote", "somebody@example.org",
    "https://issuer.example", "9f" * 32, "site plan.pdf",
    "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE",
)  # fmt: skip
FORMATS: Final = {
    "uuid": "018f2b6e-7c1a-7d3e-9f00-0123456789ab",
    "date-time": "2026-03-01T09:30:00Z",
    "date": "2026-03-01",
}


class NoSample(Exception):
    """The schema says something that no sample is made for yet: teach it here."""


def sample(schema: dict[str, Any], whole: dict[str, Any] | None = None) -> Any:
    """A message that `schema` accepts."""
    whole = whole or schema
    if "$ref" in schema:
        return sample(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return sample(next(part for part in schema["anyOf"] if part.get("type") != "null"), whole)
    return _by_type(schema, whole)


def _by_type(schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            return {name: sample(part, whole) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [sample(schema["items"], whole)]
        case "string":
            return _text(schema)
        case "integer":
            return max(int(schema.get("minimum", 0)), 3)
        case "boolean":
            return True
    raise NoSample(f"no sample for {schema}")


def _text(schema: dict[str, Any]) -> str:
    if "format" in schema:
        return FORMATS[schema["format"]]
    for word in WORDS:
        fits = schema.get("minLength", 0) <= len(word) <= schema.get("maxLength", 1_000)
        if fits and re.search(schema.get("pattern", ""), word):
            return word
    raise NoSample(f"no word fits {schema}")
