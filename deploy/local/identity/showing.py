"""The two pages of a sign-in: the password, and where more is asked, the code of an authenticator app."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

from deploy.local.identity.cookies import BROWSER_COOKIE, keep_browser
from deploy.local.identity.forms import Forms
from deploy.local.identity.provider import Provider
from deploy.local.identity.sessions import SignedIn


class Showing:
    """Makes the pages, each with a form that only this browser can send, for this request of its client."""

    def __init__(self, provider: Provider, forms: Forms) -> None:
        self._provider = provider
        self._forms = forms

    def password(self, grant: Any, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
        """Who are you, and what is your password?"""
        people = self._provider.directory.people.values()
        hint = request.form.get("person") or request.args.get("login_hint", "")
        file = self._provider.password_file
        told = {"people": people, "hint": hint, "password_file": file, "problem": problem}
        return self._page("sign_in.html", grant, request.query_string, told, status)

    def code(
        self, grant: Any, signed_in: SignedIn, session: str, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK
    ) -> Response:
        """What does your authenticator app show?"""
        told = {"person": signed_in.person.name, "problem": problem}
        return self._page("second_step.html", grant, purpose_of_code(session), told, status)

    def _page(self, template: str, grant: Any, purpose: bytes, told: dict[str, Any], status: HTTPStatus) -> Response:
        browser = self._forms.browser(request.cookies.get(BROWSER_COOKIE))
        mark = self._forms.mark(browser, purpose)
        html = render_template(template, client=grant.client.id, action=request.full_path, mark=mark, **told)
        response = make_response(html, status)
        keep_browser(response, browser)
        # The answer to the form redirects to the client, and browsers count that as a target of the form.
        target = urlsplit(grant.redirect_uri)
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {target.scheme}://{target.netloc}"
        )
        return response


def purpose_of_code(session: str) -> bytes:
    """What the form for a code is bound to: a page shown before somebody else signed in proves nothing for them."""
    return b"code\n" + session.encode("utf-8", "replace") + b"\n" + request.query_string
