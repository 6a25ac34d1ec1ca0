"""A client of any issuer: what OpenID Connect says a client does, and nothing that only one issuer knows."""

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from deploy.local.identity.client_keys import assertion
from deploy.local.identity.flows import challenge
from deploy.local.identity.page_forms import PageForm
from tests.support.issuers import GATEWAY, RunningIssuer

MOST_STEPS = 12


@dataclass
class Relying:
    """Signs people and systems in at an issuer, as a client that knows only its address."""

    issuer: RunningIssuer
    browser: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=10, trust_env=False))

    @property
    def discovery(self) -> dict[str, Any]:
        """What the issuer says of itself."""
        answer = httpx.get(f"{self.issuer.address}/.well-known/openid-configuration", trust_env=False)
        document: dict[str, Any] = answer.json()
        assert document["issuer"] == self.issuer.address
        return document

    def sign_in(
        self, person: str, *, client_id: str = GATEWAY, scope: str = "openid tellus", **more: str
    ) -> dict[str, Any]:
        """Every token that the client gets when this person signs in."""
        redirect_uri = f"{self.issuer.gateway}/v1/session/callback"
        if client_id == "tellus-cli":
            redirect_uri = "http://127.0.0.1/tellus-cli"
        verifier, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            "login_hint": person,
            **more,
        }
        address = f"{self.discovery['authorization_endpoint']}?{httpx.QueryParams(asked)}"
        given = self.follow(address, person, until=redirect_uri)
        assert given.get("state") == state, given
        assert given.get("iss") == self.issuer.address, given
        tokens = self.token(
            client_id,
            grant_type="authorization_code",
            code=given["code"],
            redirect_uri=redirect_uri,
            code_verifier=verifier,
        )
        assert tokens.status_code == httpx.codes.OK, tokens.text
        body: dict[str, Any] = tokens.json()
        if "openid" in scope:
            assert self.claims(body["id_token"])["nonce"] == nonce
        return body

    def follow(self, address: str, person: str, *, until: str) -> dict[str, str]:
        """What comes back to the client when a browser goes to this address and the person does what is asked."""
        answer = self.browser.get(address)
        for _ in range(MOST_STEPS):
            if not answer.is_redirect:
                answer = self.issuer.fill_in(self.browser, answer, person)
            target = urljoin(str(answer.url), answer.headers.get("location", ""))
            if target.partition("?")[0] == until:
                return {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
            assert answer.is_redirect, f"{answer.status_code} {answer.text[:500]}"
            answer = self.browser.get(target)
        raise AssertionError(f"no end after {MOST_STEPS} steps, last at {answer.url}")

    def leave(self, **more: str) -> str:
        """Where the browser is led when the gateway sends the person to sign out, and they agree."""
        home = f"{self.issuer.gateway}/"
        wish = {"client_id": GATEWAY, "post_logout_redirect_uri": home, **more}
        answer = self.browser.get(self.discovery["end_session_endpoint"], params=wish)
        for _ in range(MOST_STEPS):
            if not answer.is_redirect:
                form = PageForm.of(answer.text)
                assert form.action, f"{answer.status_code} {answer.text[:500]}"
                address = urljoin(str(answer.url), form.action)
                answer = self.browser.post(address, data=form.hidden | {"logout": "yes"})
            target: str = urljoin(str(answer.url), answer.headers.get("location", ""))
            if target.startswith(home):
                return target
            assert answer.is_redirect, f"{answer.status_code} {answer.text[:500]}"
            answer = self.browser.get(target)
        raise AssertionError(f"no end after {MOST_STEPS} steps, last at {answer.url}")

    def token(self, client_id: str, *, key: ECKey | None = None, **form: str) -> httpx.Response:
        """The answer of the token endpoint; a confidential client proves itself by its key."""
        proof = {"client_id": client_id}
        if client_id != "tellus-cli":
            own = key or (self.issuer.gateway_key if client_id == GATEWAY else self.issuer.system_key(client_id))
            proof |= assertion(own, client_id=client_id, audience=self.issuer.address)
        return httpx.post(self.discovery["token_endpoint"], data={**form, **proof}, trust_env=False)

    def system(self, client_id: str) -> str:
        """An access token of a system that acts for itself."""
        answer = self.token(client_id, grant_type="client_credentials", scope="tellus")
        assert answer.status_code == httpx.codes.OK, answer.text
        return str(answer.json()["access_token"])

    def claims(self, token: str) -> dict[str, Any]:
        """What a token says, if one of the issuer's published keys signed it."""
        keys = KeySet.import_key_set(httpx.get(self.discovery["jwks_uri"], trust_env=False).json())
        return dict(jwt.decode(token, keys, algorithms=["ES256"]).claims)
