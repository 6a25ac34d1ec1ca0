"""Proves that a form came from a page this provider showed to the same browser."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Forms:
    """Binds a form to the browser's cookie and to what the form is for. Nothing is stored, so nothing can run full."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def browser(self, cookie: str | None) -> str:
        """The browser's own mark: the one it brought, or a new one."""
        return cookie if cookie and BROWSER.fullmatch(cookie) else secrets.token_urlsafe(32)

    def mark(self, browser: str, purpose: bytes) -> str:
        """What the page puts in the form."""
        return hmac.new(self.key, browser.encode("ascii") + b"\n" + purpose, hashlib.sha256).hexdigest()

    def genuine(self, cookie: str | None, purpose: bytes, mark: str) -> bool:
        """Whether a sent form carries the mark its page was given."""
        if not cookie or not BROWSER.fullmatch(cookie):
            return False
        return hmac.compare_digest(mark.encode("utf-8", "replace"), self.mark(cookie, purpose).encode("ascii"))
