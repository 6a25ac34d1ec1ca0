"""One browser together with the client that sent it, for tests of the local identity provider."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from deploy.local.identity.app import make_app
from deploy.local.identity.flows import PageForm, challenge
from deploy.local.identity.provider import Provider

VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"
REDIRECT = "http://127.0.0.1:18000/docs/oauth2-redirect"
ISSUER = "http://127.0.0.1:18010"


@dataclass
class Visitor:
    """Does everything right, so that a test changes only what it is about."""

    provider: Provider
    browser: FlaskClient

    def question(self, **changes: str | None) -> dict[str, str]:
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "tellus-web",
            "redirect_uri": REDIRECT,
            "scope": "openid tellus",
            "state": "the state",
            "nonce": "the nonce",
            "code_challenge": challenge(VERIFIER),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (asked | changes).items() if value is not None}

    def ask(self, **changes: str | None) -> TestResponse:
        return self.browser.get("/authorize", query_string=self.question(**changes))

    def answer(self, page: TestResponse, person: str = "carl-caseworker", password: str | None = None) -> TestResponse:
        form = PageForm()
        form.feed(page.text)
        assert form.action is not None, page.text
        secret = self.provider.password if password is None else password
        return self.browser.post(form.action, data=form.hidden | {"person": person, "password": secret})

    def code(self, person: str = "carl-caseworker", **changes: str | None) -> str:
        page = self.ask(**{"prompt": "login", **changes})
        return returned(self.answer(page, person))["code"]

    def exchange(self, code: str, **changes: str | None) -> TestResponse:
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "client_id": "tellus-web",
            "code_verifier": VERIFIER,
        }
        given = {name: value for name, value in (form | changes).items() if value is not None}
        return self.browser.post("/token", data=given)

    def tokens(self, person: str = "carl-caseworker", **changes: str | None) -> dict[str, str]:
        answer = self.exchange(self.code(person, **changes))
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())


def returned(response: TestResponse) -> dict[str, str]:
    """What the client's own page is told in its address."""
    assert response.status_code == 302, response.text
    return {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}


def visitor_of(provider: Provider) -> Visitor:
    """A fresh browser at this provider."""
    return Visitor(provider, make_app(provider).test_client())
