"""How a client gets tokens: the code flow with PKCE for people, client credentials for systems.

A person's browser is played by an HTTP client that fills in the forms, and their authenticator app is computed. Nothing here is a back door: what works
here works for any client, and what is refused there is refused here.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urljoin

import httpx

from deploy.local.identity.client_keys import assertion, private_key
from deploy.local.identity.one_time_codes import STEP, code_at, secret_of, step_at
from deploy.local.identity.page_forms import PageForm
from deploy.local.identity.passwords import SHARED_PASSWORD
from deploy.local.identity.people import Directory, client_key_file, read_directory
from deploy.local.identity.settings import Settings

SCOPE = "openid tellus"
PATIENCE = 10.0
MOST_CODES = 3
"""How many codes are tried: this one, the next one before its time, and the one after that in its time."""


class NoToken(RuntimeError):
    """No token was got; the message says what stood in the way and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the provider gave: an access token, and for people an ID token."""

    access_token: str = field(repr=False)
    id_token: str | None = field(default=None, repr=False)
    scope: str
    expires_in: int


def sign_in(
    person: str, *, client_id: str = "tellus-cli", settings: Settings, scope: str = SCOPE, acr: str = ""
) -> Tokens:
    """Fresh tokens of one person at the level asked for, through the pages, by authorization code and PKCE."""
    directory = read_directory(settings)
    redirect_uri = _redirect_uri(directory, person, client_id)
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
    } | ({"acr_values": acr} if acr else {})
    with _client(settings) as http:
        endpoints = _discover(http, settings)
        answer = fill_in(http, http.get(endpoints["authorization_endpoint"], params=asked), person, settings)
        code = _code(answer, redirect_uri=redirect_uri, state=state, issuer=settings.issuer)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": client_id,
            "code_verifier": verifier,
        }
        return _tokens(http.post(endpoints["token_endpoint"], data=form))


def sign_in_as_system(client_id: str, *, settings: Settings, scope: str = "tellus", by_key: bool = True) -> Tokens:
    """Fresh tokens of one system, by its own key, or by its secret."""
    client = read_directory(settings).clients.get(client_id)
    if client is None or client.secret is None:
        raise NoToken(f"{client_id!r} is no system with a secret of its own in {settings.people}.")
    with _client(settings) as http:
        endpoint = _discover(http, settings)["token_endpoint"]
        form = {"grant_type": "client_credentials", "scope": scope}
        if not by_key:
            return _tokens(http.post(endpoint, data=form, auth=(client_id, client.secret)))
        key = private_key(client_key_file(settings, client_id))
        proof = assertion(key, client_id=client_id, audience=settings.issuer)
        return _tokens(http.post(endpoint, data=form | proof))


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def _redirect_uri(directory: Directory, person: str, client_id: str) -> str:
    if person not in directory.people:
        raise NoToken(f"Nobody here is called {person!r}. There are: {', '.join(sorted(directory.people))}.")
    client = directory.clients.get(client_id)
    if client is None or not client.redirect_uris:
        raise NoToken(f"{client_id!r} is no client that people can sign in to.")
    return client.redirect_uris[0]


def _client(settings: Settings) -> httpx.Client:
    # Never through a proxy from the environment: this is a conversation with one's own machine.
    return httpx.Client(timeout=PATIENCE, trust_env=False, headers={"User-Agent": f"tellus ({settings.audience})"})


def _discover(http: httpx.Client, settings: Settings) -> dict[str, Any]:
    try:
        answer = http.get(f"{settings.issuer}/.well-known/openid-configuration")
        answer.raise_for_status()
        document: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise NoToken(
            f"No identity provider answers at {settings.issuer} ({error}). Start it with `tellus up`."
        ) from error
    if document.get("issuer") != settings.issuer:
        raise NoToken(f"What answers at {settings.issuer} calls itself {document.get('issuer')!r}; it is not trusted.")
    return document


def fill_in(http: httpx.Client, page: httpx.Response, person: str, settings: Settings) -> httpx.Response:
    """What follows the pages when this person fills them in: the password, and the code where one is asked for."""
    form = PageForm.of(page.text)
    if page.status_code != httpx.codes.OK or form.action is None:
        raise NoToken(f"{settings.issuer} showed no sign-in page (status {page.status_code}).")
    if "person" in form.fields:
        password = settings.secrets_dir / SHARED_PASSWORD
        try:
            fields = form.hidden | {"person": person, "password": password.read_text(encoding="utf-8").strip()}
        except OSError as error:
            raise NoToken(f"The shared password cannot be read from {password}: {error.strerror}.") from error
        page = http.post(urljoin(str(page.url), form.action), data=fields)
    for code in _codes(person, settings):
        form = PageForm.of(page.text)
        if "one_time_code" not in form.fields or form.action is None:
            return page
        page = http.post(urljoin(str(page.url), form.action), data=form.hidden | {"one_time_code": code})
    return page


def _codes(person: str, settings: Settings) -> Iterator[str]:
    """Codes to try: each is good once, so whoever signs in often meets used ones and must wait for the next."""
    secret, step = secret_of(settings.secrets_dir, person), step_at(time.time())
    for later in range(MOST_CODES):
        wait = (step + later - 1) * STEP - time.time()
        if wait > 0:
            time.sleep(wait)
        yield code_at(secret, step + later)


def _code(answer: httpx.Response, *, redirect_uri: str, state: str, issuer: str) -> str:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise NoToken("The secrets in the folder are not those that the provider was started with. Restart it.")
    address, _, query = answer.headers.get("location", "").partition("?")
    given = {name: values[0] for name, values in parse_qs(query).items()}
    if address != redirect_uri or given.get("state") != state or given.get("iss") != issuer:
        raise NoToken(f"The provider's answer (status {answer.status_code}) does not belong to this request.")
    if "code" not in given:
        raise NoToken(
            f"The provider refused: {given.get('error')}: {given.get('error_description', 'no reason given')}"
        )
    return str(given["code"])


def _tokens(answer: httpx.Response) -> Tokens:
    if answer.status_code != httpx.codes.OK:
        raise NoToken(f"The provider gave no token (status {answer.status_code}): {answer.text[:200]}")
    body = answer.json()
    return Tokens(
        access_token=body["access_token"],
        id_token=body.get("id_token"),
        scope=body["scope"],
        expires_in=int(body["expires_in"]),
    )
