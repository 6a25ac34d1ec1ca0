"""The request headers that mean something here, each at most once; everything else a client sends is not looked at."""

from collections.abc import Iterable
from typing import Final

from services.gateway.edge.problem import malformed

READ: Final = frozenset(
    (
        b"access-control-request-method",
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"cookie",
        b"host",
        b"idempotency-key",
        b"if-match",
        b"last-event-id",
        b"if-none-match",
        b"if-range",
        b"origin",
        b"range",
        b"repr-digest",
        b"sec-fetch-site",
        b"tellus-csrf",
        b"tellus-acting-for",
        b"tellus-purpose",
        b"traceparent",
        b"upload-complete",
        b"upload-offset",
        b"user-agent",
    )
)
SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"server", b"tellus"),  # or the server would tell its own name
)
NEVER_STORED: Final = (b"cache-control", b"no-store")
CLOSE: Final = ((b"connection", b"close"),)
"""The last answer on its connection."""


class Headers:
    """What a request said in its headers."""

    __slots__ = ("_found", "_repeated")

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._found: dict[bytes, bytes] = {}
        self._repeated: set[bytes] = set()
        for name, value in raw:
            known = name.lower()
            if known in READ:
                if known in self._found:
                    self._repeated.add(known)
                self._found[known] = value

    def repeated(self, name: bytes) -> bool:
        """Whether it came more than once."""
        return name in self._repeated

    def one(self, name: bytes) -> str | None:
        """Its value; raises a problem where it came twice or is no ASCII."""
        value = self._found.get(name)
        if value is None:
            return None
        if name in self._repeated:
            raise malformed(f"The header {name.decode()} stands there twice.")
        if not value.isascii():
            raise malformed(f"The header {name.decode()} holds something else than ASCII.")
        return value.decode().strip()

    def optional(self, name: bytes) -> str | None:
        """Its value if it came once and readable; for what may be ignored when it is not."""
        value = self._found.get(name)
        return value.decode() if value is not None and value.isascii() and name not in self._repeated else None
