"""The authorization endpoint: a client asks, a person proves who they are, a code goes back."""

from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from flask import Response, make_response, render_template, request

from deploy.local.identity.cookies import BROWSER_COOKIE, SESSION_COOKIE, keep_browser, keep_session
from deploy.local.identity.forms import Forms
from deploy.local.identity.passwords import same
from deploy.local.identity.people import Person
from deploy.local.identity.provider import Provider
from deploy.local.identity.sessions import SESSION_LIFE, SignedIn

LONGEST_QUERY = 4096
MOST_DIGITS = 9
WRONG = "The name and the password do not belong together. Check both and try again."
STALE = "This page was open for too long, or cookies are off. Sign in again on this fresh page."


class SigningIn:
    """Shows the sign-in page when it must, and answers the client when it can."""

    def __init__(self, provider: Provider, forms: Forms) -> None:
        self._provider = provider
        self._forms = forms

    def ask(self) -> Response:
        """GET: straight back with a code where someone is signed in already, the sign-in page otherwise."""
        signed_in = self._provider.sessions.find(request.cookies.get(SESSION_COOKIE), not_older_than=_longest_ago())
        grant = self._grant(signed_in)
        if isinstance(grant, Response):
            return grant
        if signed_in is None or grant.prompt:
            return self._page(grant)
        return self._code(grant, signed_in)

    def answer(self) -> Response:
        """POST: the form of the sign-in page."""
        grant = self._grant(None)
        if isinstance(grant, Response):
            return grant
        mark = request.form.get("mark", "")
        if not self._forms.genuine(request.cookies.get(BROWSER_COOKIE), request.query_string, mark):
            return self._page(grant, problem=STALE, status=HTTPStatus.FORBIDDEN)
        person = self._proven(request.form.get("person", ""), request.form.get("password", ""))
        if person is None:
            return self._page(grant, problem=WRONG, status=HTTPStatus.UNAUTHORIZED)
        # A new id at every sign-in: one that was planted beforehand opens nothing.
        self._provider.sessions.end(request.cookies.get(SESSION_COOKIE))
        session, signed_in = self._provider.sessions.open(person)
        response = self._code(grant, signed_in)
        keep_session(response, session, seconds=SESSION_LIFE)
        return response

    def _grant(self, signed_in: SignedIn | None) -> Any:
        if len(request.query_string) > LONGEST_QUERY:
            return _refused_here(HTTPStatus.REQUEST_URI_TOO_LONG)
        try:
            return self._provider.server.get_consent_grant(end_user=signed_in)
        except OAuth2Error as error:
            if not error.redirect_uri:
                # Nobody has shown that the address is the client's: say it to the person, and go nowhere.
                return _refused_here(HTTPStatus.BAD_REQUEST)
            refusal = cast("Response", self._provider.server.handle_error_response(None, error))
            self._provider.named_issuer.add_issuer_parameter(self._provider.server, refusal)
            return refusal

    def _code(self, grant: Any, signed_in: SignedIn) -> Response:
        server = self._provider.server
        return cast("Response", server.create_authorization_response(grant=grant, grant_user=signed_in))

    def _proven(self, name: str, password: str) -> Person | None:
        # The password is compared for unknown names too: the time taken tells nothing.
        right = same(password, self._provider.password)
        person = self._provider.directory.people.get(name)
        return person if right else None

    def _page(self, grant: Any, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
        browser = self._forms.browser(request.cookies.get(BROWSER_COOKIE))
        html = render_template(
            "sign_in.html",
            client=grant.client.id,
            people=self._provider.directory.people.values(),
            hint=request.form.get("person") or request.args.get("login_hint", ""),
            mark=self._forms.mark(browser, request.query_string),
            action=request.full_path,
            problem=problem,
            password_file=self._provider.password_file,
        )
        response = make_response(html, status)
        keep_browser(response, browser)
        # The answer to the form redirects to the client, and browsers count that as a target of the form.
        target = urlsplit(grant.redirect_uri)
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {target.scheme}://{target.netloc}"
        )
        return response


def _longest_ago() -> int | None:
    """How long ago the client allows the sign-in to have been; anything that is no number means just now."""
    text = request.args.get("max_age")
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def _refused_here(status: HTTPStatus) -> Response:
    detail = (
        "The page that sent you here asked for something that cannot be given: its client is unknown, or the address "
        "to return to is not exactly one that the client registered. Nothing was sent anywhere."
    )
    return make_response(
        render_template("problem.html", title="This request cannot be answered", detail=detail), status
    )
