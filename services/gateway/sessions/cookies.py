"""The two cookies: one that stands for a session, and one that binds the answer to a sign-in to the browser that asked."""

import re
from typing import Final

SESSION: Final = "__Host-tellus"
SIGN_IN: Final = "__Host-tellus-sign-in"
SIGN_IN_SECONDS: Final = 600
LONGEST: Final = 4_096
_SHARED: Final = "Path=/; Secure; HttpOnly; SameSite=Lax"
_VALUE: Final = re.compile(r"[A-Za-z0-9_.-]{1,3900}", re.ASCII)


class CookieAmbiguous(Exception):
    """One of our cookies stands there twice, or holds what we never gave."""


def read(header: str | None, name: str) -> str | None:
    """The value of our cookie; raises CookieAmbiguous where it cannot be told which one we gave."""
    if not header:
        return None
    found = [value for given, _, value in (part.strip().partition("=") for part in header.split(";")) if given == name]
    if not found:
        return None
    if len(found) > 1 or not _VALUE.fullmatch(found[0]):
        raise CookieAmbiguous
    return found[0]


def given(name: str, value: str, *, seconds: int | None = None) -> tuple[bytes, bytes]:
    """The header that gives a cookie: for this host and no other, over TLS (or on loopback), out of any script's reach."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    return (b"set-cookie", f"{name}={value}; {_SHARED}{age}".encode())


def taken_back(name: str) -> tuple[bytes, bytes]:
    """The header that makes a browser forget it."""
    return (b"set-cookie", f"{name}=; {_SHARED}; Max-Age=0".encode())
