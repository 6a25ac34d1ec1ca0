"""The end-session endpoint: a person leaves, and returns to where the client may send them."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from flask import Response, make_response, render_template, request
from werkzeug.utils import redirect

from deploy.local.identity.cookies import BROWSER_COOKIE, SESSION_COOKIE, drop_session, keep_browser
from deploy.local.identity.forms import Forms
from deploy.local.identity.provider import Provider

PURPOSE = b"sign-out\n"


class SigningOut:
    """Ends a session at once for the client that holds the person's ID token; asks the person otherwise."""

    def __init__(self, provider: Provider, forms: Forms) -> None:
        self._provider = provider
        self._forms = forms

    def ask(self) -> Response:
        """GET: from a client or by hand."""
        wish = self._wish()
        if wish is None:
            return _cannot()
        return self._leave(wish) if self._is_theirs(wish) else self._page(wish)

    def answer(self) -> Response:
        """POST: from a client with its ID token, or from our own page."""
        wish = self._wish()
        if wish is None:
            return _cannot()
        cookie, mark = request.cookies.get(BROWSER_COOKIE), request.form.get("mark", "")
        if self._is_theirs(wish) or self._forms.genuine(cookie, PURPOSE + request.query_string, mark):
            return self._leave(wish)
        return self._page(wish)

    def _wish(self) -> Any:
        try:
            return self._provider.server.validate_endpoint_request("end_session")
        except OAuth2Error:
            return None

    def _is_theirs(self, wish: Any) -> bool:
        if wish.id_token_claims is None:
            return False
        signed_in = self._provider.sessions.find(request.cookies.get(SESSION_COOKIE))
        return signed_in is None or wish.id_token_claims.get("sub") == signed_in.person.name

    def _leave(self, wish: Any) -> Response:
        sessions, redirect_uri = self._provider.sessions, wish.redirect_uri
        sessions.end(request.cookies.get(SESSION_COOKIE))
        if wish.id_token_claims:
            # The client may have come from elsewhere than the person's browser: the token names the session.
            sessions.end_named(str(wish.id_token_claims.get("sid", "")))
        done = render_template("problem.html", title="You are signed out", detail="You can close this page.")
        response = make_response(redirect(redirect_uri, HTTPStatus.SEE_OTHER) if redirect_uri else done)
        drop_session(response)
        return response

    def _page(self, wish: Any) -> Response:
        browser = self._forms.browser(request.cookies.get(BROWSER_COOKIE))
        mark = self._forms.mark(browser, PURPOSE + request.query_string)
        client = wish.client.id if wish.client else ""
        html = render_template("sign_out.html", mark=mark, action=request.full_path, client=client)
        response = make_response(html)
        keep_browser(response, browser)
        # The answer to the form may redirect to the client, and browsers count that as a target of the form.
        target = urlsplit(wish.redirect_uri or "")
        back = f" {target.scheme}://{target.netloc}" if target.netloc else ""
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'{back}"
        )
        return response


def _cannot() -> Response:
    detail = "The request to sign out carried a token that this provider did not make. You are still signed in."
    page = render_template("problem.html", title="This request cannot be answered", detail=detail)
    return make_response(page, HTTPStatus.BAD_REQUEST)
