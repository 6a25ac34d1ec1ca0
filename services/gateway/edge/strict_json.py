"""One way to read JSON: what two parsers could read differently is refused.

Refused beside what RFC 8259 refuses: duplicate names, NaN and infinities, whole numbers beyond 53 bits, fractions
that overflow or have more digits than a double holds, minus zero, nesting deeper than 32, more than 20,000 values, NUL,
halves of surrogate pairs, other encodings than UTF-8, a byte order mark. How long a text may be, its field says.
"""

import json
import math
from typing import Any, Final, NoReturn

LARGEST_INTEGER: Final = 2**53 - 1
MOST_DIGITS: Final = 17
MOST_FRACTION_CHARACTERS: Final = 32
DEEPEST: Final = 32
MOST_VALUES: Final = 20_000


_MINUS_ZERO: Final = "minus zero, which readers tell apart from zero or do not"


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
    _look_inside(value)
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
    if number == 0 and digits[0] == "-":
        raise NotStrictJson(_MINUS_ZERO)
    return number


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotStrictJson("a number too large to hold")
    if len(digits) > MOST_FRACTION_CHARACTERS:
        raise NotStrictJson("a fraction with more digits than can be held")
    if number == 0 and digits[0] == "-":
        raise NotStrictJson(_MINUS_ZERO)
    return number


def _constant(_: str) -> NoReturn:
    raise NotStrictJson("NaN and infinities are not JSON")


def _look_inside(whole: object) -> None:
    count = depth = 0
    level = [whole]
    while level:
        inside: list[object] = []
        for value in level:
            if isinstance(value, str):
                _storable(value)
            elif isinstance(value, dict | list):
                if depth == DEEPEST:
                    raise NotStrictJson(f"nested deeper than {DEEPEST}")
                inside += value.values() if isinstance(value, dict) else value
        count += len(inside)
        if count > MOST_VALUES:
            raise NotStrictJson(f"more than {MOST_VALUES} values")
        level, depth = inside, depth + 1


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
