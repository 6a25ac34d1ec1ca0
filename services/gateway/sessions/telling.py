"""What somebody reads in their browser when a sign-in came to nothing: why, and how to try again. Never what was sent."""

import html
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from services.gateway.edge.headers import NEVER_STORED, SECURITY
from services.gateway.edge.responding import Answer
from services.gateway.identity.stepping_up import LOGIN

_POLICY: Final = b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_SECURITY: Final = tuple((name, _POLICY if name == b"content-security-policy" else value) for name, value in SECURITY)
_HTML: Final = b"text/html; charset=utf-8"
_AGAIN: Final = "This sign-in cannot be completed. Begin again, in this browser, and finish within ten minutes."
_WORDS: Final[Mapping[str, str]] = {
    "not_begun_here": _AGAIN,
    "answered_before": _AGAIN,
    "issuer_said_no": "Your identity provider did not sign you in.",
    "somebody_else": "Somebody else signed in than whom this session belongs to. Sign out first to change who you are.",
    "person_refused": "You are not known here, or may not come in any more. Ask whoever manages access for you.",
}
_OTHERWISE: Final = (
    "Your identity provider's answer could not be accepted. If this goes on, tell whoever runs this site."
)


def refused(reason: str, trace: str, *, return_to: str) -> Answer:
    """Why there is no session."""
    return _page(403, "You are not signed in", _WORDS.get(reason, _OTHERWISE), trace, return_to=return_to, code=reason)


def unanswerable(detail: str, trace: str) -> Answer:
    """The address makes no sense."""
    return _page(400, "This address cannot be used to sign in", detail, trace, code="malformed")


def away(trace: str, *, return_to: str, seconds: int) -> Answer:
    """Nobody can sign in now."""
    detail = "Signing in is not possible now, because something it needs does not answer. Try again in a moment."
    more = ((b"retry-after", str(seconds).encode()),)
    return _page(503, "Not available now", detail, trace, return_to=return_to, code="unavailable", more=more)


def failed(trace: str) -> Answer:
    """Our own fault."""
    return _page(
        500, "Something failed here", "That should not have happened. Tell us the number below.", trace, code="failed"
    )


def _page(
    status: int,
    title: str,
    detail: str,
    trace: str,
    *,
    code: str,
    return_to: str | None = None,
    more: tuple[tuple[bytes, bytes], ...] = (),
) -> Answer:
    again = ""
    if return_to is not None:
        address = html.escape(f"{LOGIN}?return_to={quote(return_to, safe='/')}")
        again = f'<p><a href="{address}">Sign in again</a></p>'
    head = (
        f'<meta charset="utf-8"><title>{html.escape(title)}</title><link rel="stylesheet" href="/problems/style.css">'
    )
    body = f"<h1>{html.escape(title)}</h1><p>{html.escape(detail)}</p>{again}<p><small>{html.escape(trace)}</small></p>"
    text = f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'
    return Answer(status, text.encode(), _HTML, code=code, headers=(NEVER_STORED, *more), security=_SECURITY)
