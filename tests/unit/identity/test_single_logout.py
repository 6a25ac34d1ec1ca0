"""When somebody leaves, every client of their session is told, and nothing of the session goes on."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

import pytest
from joserfc import jwt

from deploy.local.identity.backchannel import EVENT, Courier
from deploy.local.identity.page_forms import PageForm
from deploy.local.identity.provider import make_provider
from deploy.local.identity.settings import Settings
from tests.support.identity import GATEWAY, ISSUER, Visitor, visitor_of

ADDRESS = "http://127.0.0.1:18000/v1/session/backchannel_logout"


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def visitor(settings: Settings, told: list[tuple[str, str]]) -> Visitor:
    return visitor_of(make_provider(settings, send=lambda address, token: told.append((address, token))))


def claims(visitor: Visitor, token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, visitor.provider.keys.verifying_keys(), algorithms=["ES256"]).claims)


def sign_out_by_hand(visitor: Visitor) -> None:
    page = visitor.browser.get("/end-session")
    mark = re.search(r'name="mark" value="([0-9a-f]{64})"', page.text)
    assert mark is not None
    assert visitor.browser.post("/end-session", data={"mark": mark[1]}).status_code == 200


def test_signing_out_tells_the_gateway_which_session_is_over(visitor: Visitor, told: list[tuple[str, str]]) -> None:
    signed_in = claims(visitor, visitor.gateway_tokens()["id_token"])
    sign_out_by_hand(visitor)
    ((address, token),) = told
    assert address == ADDRESS
    read = jwt.decode(token, visitor.provider.keys.verifying_keys(), algorithms=["ES256"])
    assert (read.header["typ"], read.header["alg"]) == ("logout+jwt", "ES256")
    said = dict(read.claims)
    assert said.pop("exp") - said.pop("iat") == 120
    assert isinstance(said.pop("jti"), str)
    assert said == {
        "iss": ISSUER,
        "sub": "carl-caseworker",
        "aud": GATEWAY,
        "sid": signed_in["sid"],
        "events": {EVENT: {}},
    }


def test_clients_that_took_no_part_or_cannot_be_told_are_left_alone(
    visitor: Visitor, told: list[tuple[str, str]]
) -> None:
    visitor.tokens()
    sign_out_by_hand(visitor)
    assert told == []


def test_the_gateway_itself_may_ask_and_gets_the_person_back(visitor: Visitor, told: list[tuple[str, str]]) -> None:
    tokens = visitor.gateway_tokens()
    wish = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": "http://127.0.0.1:18000/",
        "client_id": GATEWAY,
        "state": "s",
    }
    answer = visitor.browser.get("/end-session", query_string=wish)
    assert answer.location == "http://127.0.0.1:18000/?state=s"
    assert len(told) == 1
    assert visitor.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_without_its_token_the_gateway_gets_the_person_back_once_they_agreed(
    visitor: Visitor, told: list[tuple[str, str]]
) -> None:
    visitor.gateway_tokens()
    wish = {"client_id": GATEWAY, "post_logout_redirect_uri": "http://127.0.0.1:18000/", "state": "s"}
    page = visitor.browser.get("/end-session", query_string=wish)
    assert (page.status_code, told) == (200, [])
    assert "form-action 'self' http://127.0.0.1:18000" in page.headers["Content-Security-Policy"]
    form = PageForm.of(page.text)
    elsewhere = wish | {"post_logout_redirect_uri": "http://127.0.0.1:18000/docs"}
    assert visitor.browser.post("/end-session", query_string=elsewhere, data=form.hidden).status_code == 200
    assert told == [], "the form was for another wish"
    answer = visitor.browser.post(form.action or "", data=form.hidden)
    assert answer.location == "http://127.0.0.1:18000/?state=s"
    assert len(told) == 1


@pytest.mark.parametrize("address", ["http://evil.example/", "http://127.0.0.1:18000", "http://127.0.0.1:18000/x", ""])
def test_after_agreeing_nobody_is_sent_to_an_address_that_is_not_registered(visitor: Visitor, address: str) -> None:
    visitor.gateway_tokens()
    wish = {"client_id": GATEWAY, "post_logout_redirect_uri": address}
    form = PageForm.of(visitor.browser.get("/end-session", query_string=wish).text)
    answer = visitor.browser.post(form.action or "", data=form.hidden)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "evil" not in answer.text


def test_the_session_that_the_token_names_ends_whatever_browser_brings_it(
    visitor: Visitor, told: list[tuple[str, str]]
) -> None:
    tokens = visitor.gateway_tokens()
    stranger = visitor_of(visitor.provider).browser
    assert stranger.get("/end-session", query_string={"id_token_hint": tokens["id_token"]}).status_code == 200
    assert len(told) == 1
    assert 'name="password"' in visitor.ask().text


def test_a_session_that_goes_on_is_not_said_to_be_over(visitor: Visitor, told: list[tuple[str, str]]) -> None:
    before = claims(visitor, visitor.gateway_tokens()["id_token"])["sid"]
    again = claims(visitor, visitor.gateway_tokens(prompt="login")["id_token"])["sid"]
    assert (told, before) == ([], again)


def test_somebody_else_at_the_same_browser_ends_the_session_before(
    visitor: Visitor, told: list[tuple[str, str]]
) -> None:
    carl = claims(visitor, visitor.gateway_tokens()["id_token"])
    tess = claims(visitor, visitor.gateway_tokens("tess-teamlead", prompt="login")["id_token"])
    ((_, token),) = told
    assert (claims(visitor, token)["sub"], claims(visitor, token)["sid"]) == ("carl-caseworker", carl["sid"])
    assert tess["sid"] != carl["sid"]


def test_offline_access_outlives_the_session_and_nothing_else_does(visitor: Visitor) -> None:
    plain = visitor.gateway_tokens()["refresh_token"]
    offline = visitor.gateway_tokens(scope="openid tellus offline_access")["refresh_token"]
    sign_out_by_hand(visitor)
    assert visitor.refresh(plain).get_json()["error"] == "invalid_grant"
    assert visitor.refresh(offline).status_code == 200


def test_a_code_of_a_session_that_ended_gives_no_tokens(visitor: Visitor) -> None:
    code = visitor.gateway_code()
    sign_out_by_hand(visitor)
    assert visitor.gateway_exchange(code).get_json()["error"] == "invalid_grant"


def test_everything_that_is_offered_is_announced(visitor: Visitor) -> None:
    document = visitor.browser.get("/.well-known/openid-configuration").get_json()
    assert document["backchannel_logout_supported"] is document["backchannel_logout_session_supported"] is True
    assert document["acr_values_supported"] == ["aal1", "aal2"]
    assert document["token_endpoint_auth_methods_supported"] == ["none", "client_secret_basic", "private_key_jwt"]
    assert document["revocation_endpoint"] == f"{ISSUER}/revoke"
    assert "refresh_token" in document["grant_types_supported"]
    assert {"sid", "acr", "amr", "auth_time", "contact_id"} <= set(document["claims_supported"])


class Slow(HTTPServer):
    """A client that fails at first and listens then."""

    statuses: list[int]
    bodies: list[bytes]
    heard: threading.Event


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = cast("Slow", self.server)
        server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(server.statuses.pop(0))
        self.send_header("Content-Length", "0")
        self.end_headers()
        if not server.statuses:
            server.heard.set()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def listening() -> Iterator[Slow]:
    server = Slow(("127.0.0.1", 0), Handler)
    server.statuses, server.bodies, server.heard = [503, 200], [], threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_client_that_is_away_for_a_moment_is_told_again(listening: Slow) -> None:
    Courier().send(f"http://127.0.0.1:{listening.server_port}/logout", "the.token.itself")
    assert listening.heard.wait(10)
    assert listening.bodies == [b"logout_token=the.token.itself"] * 2
