"""A browser sends its cookie for anybody's page: only our own pages may use it, and only on purpose."""

from typing import Final

from services.gateway.edge.headers import Headers
from services.gateway.edge.problem import Problem

SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS"))
_OURS: Final = (None, "same-origin", "none")


def require_same_origin(headers: Headers, method: str, origin: str) -> None:
    """Raises a problem unless one of our pages asks: every browser says from where, and who changes something says it twice."""
    if headers.one(b"sec-fetch-site") not in _OURS:
        raise _crossed("A page of another site may not use this session.")
    if method in SAFE:
        return
    if headers.one(b"origin") != origin:
        raise _crossed("With a session, a change must come from a page of this origin and say so in Origin.")
    if headers.one(b"tellus-csrf") != "1":
        raise _crossed("With a session, a change must carry the header Tellus-CSRF: 1.")


def _crossed(detail: str) -> Problem:
    return Problem("forbidden", detail, "cross_site")
