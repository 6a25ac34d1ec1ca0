"""Reads a query string: each parameter once, none that is not known, whole numbers and booleans in one spelling."""

import re
from collections.abc import Mapping
from typing import Any, Final, get_args
from urllib.parse import parse_qsl

from pydantic.fields import FieldInfo

from services.gateway.edge.problem import invalid, malformed
from services.gateway.edge.target import MOST_PARAMETERS

_WHOLE: Final = re.compile(r"(0|-?[1-9][0-9]{0,15})", re.ASCII)
_BOOLEANS: Final = {"true": True, "false": False}


def read_query(raw: bytes, fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    """The parameters, as the JSON values that their fields hold."""
    if not raw:
        return {}
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:  # UnicodeDecodeError is one
        raise malformed("The query string cannot be read: percent-encode UTF-8, at most 32 parameters.") from None
    found: dict[str, Any] = {}
    for name, text in pairs:
        if "\x00" in text:
            raise malformed("The query string holds the NUL character.")
        if name not in fields:
            raise invalid([{"detail": f"a parameter is not known here; known are {', '.join(fields) or 'none'}"}])
        if name in found:
            raise invalid([{"parameter": name, "detail": "stands there more than once"}])
        found[name] = _value(name, text, fields[name])
    return found


def _value(name: str, text: str, field: FieldInfo) -> bool | int | str:
    types = {field.annotation, *get_args(field.annotation)}
    if bool in types:
        if text not in _BOOLEANS:
            raise invalid([{"parameter": name, "detail": "must be true or false"}])
        return _BOOLEANS[text]
    if int in types or any(int in get_args(kind) for kind in types):
        if not _WHOLE.fullmatch(text):
            raise invalid([{"parameter": name, "detail": "must be a whole number"}])
        return int(text)
    return text
