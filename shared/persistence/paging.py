"""Keyset cursors: where a page ended, opaque to the caller, refused when it is not ours."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson

from shared.errors import Invalid

T = TypeVar("T")


class CursorInvalid(Invalid):
    """This cursor was not given out for this list: begin without one."""

    code = "cursor_invalid"


def encode(*position: Any) -> str:
    """The cursor for a position in a list."""
    return base64.urlsafe_b64encode(orjson.dumps(position)).rstrip(b"=").decode()


def decode(cursor: str, *kinds: type) -> list[Any]:
    """The position in a cursor, each part of its kind (str, int, datetime, UUID); raises CursorInvalid."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise CursorInvalid
        return [_part(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (binascii.Error, ValueError, TypeError) as error:
        raise CursorInvalid from error


def page(rows: Sequence[T], limit: int, position: Any) -> tuple[Sequence[T], str | None]:
    """The first `limit` of `limit + 1` rows, and the cursor after the last of them where there are more."""
    if len(rows) <= limit:
        return rows, None
    kept = rows[:limit]
    return kept, encode(*position(kept[-1]))


def _part(part: Any, kind: type) -> Any:
    if kind in {datetime, UUID} and not isinstance(part, str):
        raise CursorInvalid
    if kind is datetime:
        return datetime.fromisoformat(part)
    if kind is UUID:
        return UUID(part)
    if kind is str and isinstance(part, str) and "\x00" not in part:
        return part
    if kind is int and type(part) is int and abs(part) < 2**63:
        return part
    raise CursorInvalid
