"""The two headers that make a write safe: which version was seen, and which request is being repeated."""

import re
from typing import Final

from services.gateway.edge.headers import Headers
from services.gateway.edge.problem import Problem, malformed

_ONE_TAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')
_OURS: Final = re.compile(r'"v([1-9][0-9]{0,9})"', re.ASCII)
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
LARGEST_VERSION: Final = 2**31 - 1


def version_of(headers: Headers) -> int:
    """The version that If-Match names; raises a problem where there is none, or none that can match."""
    tag = headers.one(b"if-match")
    if tag is None or tag == "*":
        raise Problem(
            "version_required", 'Send If-Match with the ETag you were given, such as "v3"; * names no version.'
        )
    if not _ONE_TAG.fullmatch(tag):
        raise malformed('If-Match must hold one entity tag, such as "v3".')
    ours = _OURS.fullmatch(tag)  # a weak tag never matches, and a tag that we never gave is no current one
    if not ours or int(ours[1]) > LARGEST_VERSION:
        raise Problem("stale")
    return int(ours[1])


def etag_of(version: int) -> bytes:
    """The entity tag of a version."""
    return f'"v{version}"'.encode()


def is_unchanged(headers: Headers, version: int) -> bool:
    """Whether If-None-Match names this version: what the caller has is what they would get."""
    tags = headers.optional(b"if-none-match")
    if tags is None:
        return False
    ours = etag_of(version).decode()
    return tags.strip() == "*" or ours in (tag.strip().removeprefix("W/") for tag in tags.split(","))


def key_of(headers: Headers) -> str:
    """The idempotency key; raises a problem where there is none that can be kept."""
    key = headers.one(b"idempotency-key")
    if not key:
        raise Problem("idempotency_key_missing", code="idempotency.key_missing")
    if not _KEY.fullmatch(key):
        raise malformed("Idempotency-Key must be 1 to 255 visible ASCII characters.", "idempotency.key_malformed")
    return key
