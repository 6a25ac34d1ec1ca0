"""One way to read JSON: what two parsers could read differently is refused.

Refused beside what RFC 8259 refuses: duplicate names, NaN and infinities, whole numbers beyond 53 bits, fractions
that overflow, nesting deeper than 32, NUL, halves of surrogate pairs, other encodings than UTF-8.
"""

import json
import math
from typing import Any, Final, NoReturn

LARGEST_INTEGER: Final = 2**53 - 1
MOST_DIGITS: Final = 17
DEEPEST: Final = 32


class NotStrictJson(ValueError):
    """The text is not JSON as we read it; the message says why and quotes nothing."""


def loads(raw: bytes) -> Any:
    """The value that `raw` spells; raises NotStrictJson."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrictJson(f"not UTF-8 at byte {error.start}") from None
    try:
        value = _DECODER.decode(text)
    except NotStrictJson:
        raise
    except json.JSONDecodeError as error:
        raise NotStrictJson(f"not JSON at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise NotStrictJson(f"nested deeper than {DEEPEST}") from None
    _look_inside(value, DEEPEST)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotStrictJson("a name stands twice in one object")
    for name in found:
        _storable(name)
    return found


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS or abs(number := int(digits)) > LARGEST_INTEGER:
        raise NotStrictJson("a whole number beyond 53 bits, where readers disagree")
    return number


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotStrictJson("a number too large to hold")
    return number


def _constant(_: str) -> NoReturn:
    raise NotStrictJson("NaN and infinities are not JSON")


def _look_inside(value: object, depth: int) -> None:
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, dict | list):
        if depth == 0:
            raise NotStrictJson(f"nested deeper than {DEEPEST}")
        for item in value.values() if isinstance(value, dict) else value:
            _look_inside(item, depth - 1)


def _storable(text: str) -> None:
    if "\x00" in text:
        raise NotStrictJson("the NUL character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise NotStrictJson("half of a surrogate pair") from None


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)
