"""One browser together with the client that sent it, for tests of the local identity provider."""

import time
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from deploy.local.identity.app import make_app
from deploy.local.identity.client_keys import assertion, private_key
from deploy.local.identity.flows import challenge
from deploy.local.identity.one_time_codes import code_at, secret_of, step_at
from deploy.local.identity.page_forms import PageForm
from deploy.local.identity.people import client_key_file
from deploy.local.identity.provider import Provider

VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"
REDIRECT = "http://127.0.0.1:18000/docs/oauth2-redirect"
ISSUER = "http://127.0.0.1:18010"
GATEWAY = "tellus-gateway"
GATEWAY_REDIRECT = "http://127.0.0.1:18000/v1/session/callback"


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
        form = PageForm.of(page.text)
        assert form.action is not None, page.text
        secret = self.provider.password if password is None else password
        return self.browser.post(form.action, data=form.hidden | {"person": person, "password": secret})

    def answer_code(self, page: TestResponse, code: str | None = None, person: str = "carl-caseworker") -> TestResponse:
        """Fill in the second page, with what the person's authenticator shows where no code is given."""
        form = PageForm.of(page.text)
        assert "one_time_code" in form.fields, page.text
        shown = self.shown(person) if code is None else code
        return self.browser.post(form.action or "", data=form.hidden | {"one_time_code": shown})

    def shown(self, person: str = "carl-caseworker", *, steps: int = 0) -> str:
        """What the person's authenticator shows now, or so many steps from now."""
        return code_at(secret_of(self.provider.settings.secrets_dir, person), step_at(time.time()) + steps)

    def proof(self, client_id: str = GATEWAY, audience: str = ISSUER) -> dict[str, str]:
        """What a confidential client proves itself by."""
        key = private_key(client_key_file(self.provider.settings, client_id))
        return assertion(key, client_id=client_id, audience=audience)

    def gateway_code(self, person: str = "carl-caseworker", **changes: str | None) -> str:
        """A code for the gateway, of whoever is signed in or signs in now."""
        asked = self.ask(**{"client_id": GATEWAY, "redirect_uri": GATEWAY_REDIRECT, **changes})
        return returned(asked if asked.status_code == HTTPStatus.FOUND else self.answer(asked, person))["code"]

    def gateway_exchange(self, code: str, **changes: str | None) -> TestResponse:
        """The gateway brings a code, with its proof."""
        form = {"redirect_uri": GATEWAY_REDIRECT, "client_id": GATEWAY, **self.proof(), **changes}
        return self.exchange(code, **form)

    def gateway_tokens(self, person: str = "carl-caseworker", **changes: str | None) -> dict[str, str]:
        """Everything the gateway gets when somebody signs in."""
        answer = self.gateway_exchange(self.gateway_code(person, **changes))
        assert answer.status_code == HTTPStatus.OK, answer.text
        return dict(answer.get_json())

    def refresh(self, refresh_token: str, **changes: str) -> TestResponse:
        """The gateway asks for fresh tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **self.proof(), **changes}
        return self.browser.post("/token", data=form)

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
