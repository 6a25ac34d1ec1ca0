"""The two cookies: who is signed in, and which browser a form was shown to."""

from werkzeug.wrappers import Response

SESSION_COOKIE = "tellus_identity_session"
BROWSER_COOKIE = "tellus_identity_browser"


def keep_session(response: Response, session: str, *, seconds: int) -> None:
    """The browser stays signed in; Lax, since it comes back from a client's pages by plain navigation."""
    response.set_cookie(SESSION_COOKIE, session, max_age=seconds, httponly=True, samesite="Lax")


def keep_browser(response: Response, browser: str) -> None:
    """The browser can send the form it is being shown; never from another site."""
    response.set_cookie(BROWSER_COOKIE, browser, httponly=True, samesite="Strict")


def drop_session(response: Response) -> None:
    """The browser is not signed in any more."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax")
