"""Reads a request's body: one media type, a cap on bytes and on time, strict JSON."""

import asyncio
import re
from typing import Any, Final

from starlette.types import Receive

from services.gateway.edge import strict_json
from services.gateway.edge.headers import Headers
from services.gateway.edge.problem import Problem, malformed

MOST_DIGITS: Final = 18
_JSON: Final = re.compile(r'application/json(?:[ \t]*;[ \t]*charset=(?:utf-8|"utf-8"))?', re.IGNORECASE)


async def read_body(receive: Receive, headers: Headers, *, most_bytes: int, seconds: float) -> bytes:
    """The body as sent; raises a problem where it is too large, too slow or breaks off."""
    declared = headers.one(b"content-length")
    if declared is not None and not (declared.isdigit() and len(declared) <= MOST_DIGITS):
        raise malformed("Content-Length is no length.")
    if declared is not None and int(declared) > most_bytes:
        raise _too_large(most_bytes)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise malformed("The body broke off before its end.")
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > most_bytes:
                    raise _too_large(most_bytes)
                chunks.append(chunk)
                if not message.get("more_body", False):
                    return b"".join(chunks)
    except TimeoutError:
        raise Problem("too_slow", f"The body took longer than {seconds:g} seconds.") from None


async def read_json(
    receive: Receive, headers: Headers, *, most_bytes: int, seconds: float, optional: bool = False
) -> dict[str, Any]:
    """The object that the body is. Where it is `optional`, an absent one is an empty object."""
    media_type = headers.one(b"content-type")
    if media_type is not None and not _JSON.fullmatch(media_type):
        raise Problem("unsupported_media_type")
    if headers.one(b"content-encoding") not in (None, "identity"):
        raise Problem("unsupported_media_type", "A compressed body is not read here: send it as it is.")
    raw = await read_body(receive, headers, most_bytes=most_bytes, seconds=seconds)
    if optional and not raw:
        return {}
    if media_type is None:
        raise Problem("unsupported_media_type")
    try:
        value = strict_json.loads(raw)
    except strict_json.NotStrictJson as error:
        raise malformed(f"The body is not JSON as it is read here: {error}.", "not_json") from None
    if not isinstance(value, dict):
        raise Problem(
            "invalid", "The body must be a JSON object.", "malformed", ({"pointer": "", "detail": "must be an object"},)
        )
    return value


def _too_large(most_bytes: int) -> Problem:
    return Problem("too_large", f"A body here has at most {most_bytes} bytes.")
