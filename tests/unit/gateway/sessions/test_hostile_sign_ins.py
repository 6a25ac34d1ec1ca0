"""Whatever is wrong with an answer to a sign-in, nobody is signed in, nothing is changed, and nothing is repeated."""

import base64
import time
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from services.gateway.identity.callers import unauthenticated
from services.gateway.sessions import cookies
from services.gateway.sessions.returning import is_ours
from tests.support.gateway import ISSUER
from tests.support.web_sessions import CALLBACK, CLIENT, LOGIN, ORIGIN, Browser, WebGateway, later

ME = "/v1/me"
OFF_SITE = [
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/%5Cevil.test",
    "/%2F/evil.test",
    "/%09/evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "/\r\nset-cookie: a=b",
    "/docs\r\nlocation: //evil.test",
    "https://evil.test/",
    "https:/evil.test",
    "http:evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.test",
    "",
    "?x",
    "/..//evil.test",
    "/./evil",
    "/a/../../evil",
    "/docs/..",
    "/docs//evil.test",
    "/docs#@evil.test",
    "/docs?x=%0d%0aset-cookie:a",
    "/docs?x=%zz",
    "/docs?%00",
    "/d\u00f6cs",
    "/\u2044evil.test",
    "/" + "x" * 1_001,
    "/;@evil.test",
    "/.evil",
]


def no_session(gateway: WebGateway, browser: Browser) -> None:
    assert gateway.sessions.rows == {}
    assert browser.session is None
    assert browser.get(ME).status == 401


@pytest.mark.parametrize("path", OFF_SITE)
def test_nobody_is_led_elsewhere_after_signing_in(path: str) -> None:
    browser = WebGateway().browser()

    reply = browser.get(f"{LOGIN}?return_to={quote(path, safe='')}")

    assert not is_ours(path)
    assert reply.status == 400
    assert "evil" not in reply.body.decode()
    assert browser.jar == {}


@pytest.mark.parametrize("path", ["/", "/docs", "/cases/CASE-7K3M-2QXD", "/search?q=a%20b&page=2", "/a/b.html", "/@me"])
def test_a_page_of_ours_is_found_again(path: str) -> None:
    assert WebGateway().browser().sign_in(query=f"return_to={quote(path, safe='')}").location == path


@pytest.mark.parametrize(
    "query",
    [
        "return_to=/a&return_to=/b",
        "acr=AAL2",
        "acr=aal2%22",
        "max_age=-1",
        "max_age=1e9",
        "max_age=99999999",
        "x=1",
        "acr",
    ],
)
def test_what_two_readers_could_read_differently_is_refused(query: str) -> None:
    assert WebGateway().browser().get(f"{LOGIN}?{query}").status in {400, 422}  # the edge refuses some of them first


def test_an_answer_that_another_browser_asked_for_signs_nobody_in() -> None:
    # login forced upon somebody: the attacker's code, in the victim's browser
    gateway = WebGateway()
    attacker, victim = gateway.browser(), gateway.browser()
    address = gateway.provider.authorize(attacker.get(LOGIN).location, "administrator")

    reply = victim.get(address)

    assert reply.status == 403
    no_session(gateway, victim)
    victim.get(LOGIN)
    assert victim.get(address).status == 403
    no_session(gateway, victim)


def test_an_answer_is_taken_once() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    address = gateway.provider.authorize(browser.get(LOGIN).location, "caseworker")
    before = dict(browser.jar)
    assert browser.get(address).status == 303
    first = dict(browser.jar)

    browser.jar = dict(before)
    again = browser.get(address)

    assert again.status == 403
    assert browser.session is None
    assert len(gateway.provider.posted) == 1
    assert gateway.sessions.failed == ["answered_before"]
    browser.jar = first
    assert browser.get(ME).status == 200


@pytest.mark.parametrize("state", ["", "x", "a" * 2_000, "%00", "' OR 1=1 --"])
def test_a_state_that_was_never_given_is_refused(state: str) -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    browser.get(LOGIN)

    reply = browser.get(f"{CALLBACK}?{urlencode({'code': 'c', 'state': state, 'iss': ISSUER})}")

    assert reply.status == 403
    assert gateway.provider.posted == []
    assert gateway.sessions.failed == []  # nobody fills the record from outside
    no_session(gateway, browser)


def test_an_answer_after_ten_minutes_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    address = gateway.provider.authorize(browser.get(LOGIN).location, "caseworker")

    with later(monkeypatch, 601):
        assert browser.get(address).status == 403
    no_session(gateway, browser)


@pytest.mark.parametrize("issuer", ["https://evil.test", f"{ISSUER}/", None])
def test_an_answer_in_another_issuers_name_is_refused_before_the_code_is_shown_to_anybody(issuer: str | None) -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    address = gateway.provider.authorize(browser.get(LOGIN).location, "caseworker")
    spoilt = address.replace(f"iss={quote(ISSUER, safe='')}", f"iss={quote(issuer, safe='')}" if issuer else "x=y")
    assert spoilt != address

    assert browser.get(spoilt).status == 403
    assert gateway.provider.posted == []
    assert gateway.sessions.failed == ["issuer_mixed_up"]
    no_session(gateway, browser)


def test_an_issuer_that_never_names_itself_is_not_asked_to() -> None:
    gateway = WebGateway()
    gateway.provider.names_itself = False
    browser = gateway.browser()
    address = gateway.provider.authorize(browser.get(LOGIN).location, "caseworker")

    assert browser.get(address.replace(f"&iss={quote(ISSUER, safe='')}", "")).status == 303


@pytest.mark.parametrize("error", ["access_denied", "server_error", "<script>alert(1)</script>"])
def test_an_issuer_that_says_no_is_believed_and_not_repeated(error: str) -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    gateway.provider.authorize(browser.get(LOGIN).location, "caseworker")
    (found,) = gateway.provider.codes.values()
    said = {"error": error, "error_description": error, "state": found["asked"]["state"], "iss": ISSUER}

    reply = browser.get(f"{CALLBACK}?{urlencode(said)}")

    assert reply.status == 403
    assert error not in reply.body.decode()
    assert gateway.sessions.failed == ["issuer_said_no"]
    no_session(gateway, browser)


def test_a_code_of_another_sign_in_is_not_opened_by_this_ones_proof() -> None:
    gateway = WebGateway()
    attacker, victim = gateway.browser(), gateway.browser()
    stolen = gateway.provider.authorize(victim.get(LOGIN).location, "administrator").split("code=")[1].split("&")[0]
    own = gateway.provider.authorize(attacker.get(LOGIN).location, "citizen")

    reply = attacker.get(own.replace(own.split("code=")[1].split("&")[0], stolen))

    assert reply.status == 403
    assert gateway.sessions.failed == ["code_refused"]
    no_session(gateway, attacker)


def at(seconds: int) -> int:
    return int(time.time()) + seconds


SPOILT: dict[str, dict[str, Any]] = {
    "another nonce": {"id_changes": {"nonce": "other"}},
    "no nonce": {"id_changes": {"nonce": ...}},
    "a number for a nonce": {"id_changes": {"nonce": 1}},
    "another audience": {"id_changes": {"aud": "other-client"}},
    "an audience beside us": {"id_changes": {"aud": [CLIENT, "other-client"]}},
    "no audience": {"id_changes": {"aud": ...}},
    "the API for an audience": {"id_changes": {"aud": "tellus"}},
    "another authorised party": {"id_changes": {"azp": "other-client"}},
    "expired": {"id_changes": {"iat": at(-900), "exp": at(-300)}},
    "made long ago": {"id_changes": {"iat": at(-7_200), "exp": at(7_200)}},
    "made tomorrow": {"id_changes": {"iat": at(86_400), "exp": at(90_000)}},
    "no expiry": {"id_changes": {"exp": ...}},
    "an expiry as text": {"id_changes": {"exp": "soon"}},
    "another access token's hash": {"id_changes": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "another issuer": {"id_changes": {"iss": "https://other.test"}},
    "no subject": {"id_changes": {"sub": ...}},
    "another subject than the access token's": {"id_changes": {"sub": "somebody-else"}},
    "a list for a session": {"id_changes": {"sid": ["a"]}},
    "an access token for an ID token": {"id_header": {"typ": "at+jwt"}},
    "a logout token for an ID token": {"id_header": {"typ": "logout+jwt"}},
    "unsigned": {"answer_changes": {"id_token": "eyJhbGciOiJub25lIn0.e30."}},
    "an unknown key": {"id_header": {"kid": "other"}},
    "its own key": {"id_header": {"jwk": {"kty": "oct"}}},
    "no ID token": {"answer_changes": {"id_token": ...}},
    "a list for an ID token": {"answer_changes": {"id_token": []}},
    "no access token": {"answer_changes": {"access_token": ...}},
    "an opaque access token": {"answer_changes": {"access_token": "opaque"}},
    "an access token of another kind": {"answer_changes": {"token_type": "DPoP"}},
    "an access token for another API": {"access_changes": {"aud": "other"}},
    "an access token that has ended": {"access_changes": {"iat": at(-900), "exp": at(-300)}},
    "a life of minus one": {"answer_changes": {"expires_in": -1}},
    "a system": {"access_changes": {"roles": ["system"]}},
    "roles that contradict": {"access_changes": {"roles": ["citizen", "auditor"]}},
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_tokens_with_anything_wrong_sign_nobody_in(spoil: dict[str, dict[str, Any]]) -> None:
    gateway = WebGateway()
    for name, changes in spoil.items():
        setattr(gateway.provider, name, changes)
    browser = gateway.browser()

    reply = browser.sign_in("caseworker")

    assert reply.status == 403
    assert len(gateway.sessions.failed) == 1
    assert "eyJ" not in reply.body.decode()
    no_session(gateway, browser)


def test_who_may_not_come_in_any_more_gets_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()

    async def nobody(*_: Any, **__: Any) -> Any:
        raise unauthenticated(invalid=True)

    with monkeypatch.context() as patched:
        patched.setattr(gateway.callers, "stand", nobody)
        browser = gateway.browser()
        assert browser.sign_in("caseworker").status == 403
    assert gateway.sessions.failed == ["person_refused"]
    no_session(gateway, browser)


@pytest.mark.parametrize(
    "cookie", ["", "x", "A" * 100, base64.urlsafe_b64encode(bytes(60)).decode().rstrip("="), "A" * 4_000]
)
def test_a_sign_in_cookie_that_we_did_not_seal_is_none(cookie: str) -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    address = gateway.provider.authorize(browser.get(LOGIN).location, "caseworker")
    browser.jar[cookies.SIGN_IN] = cookie

    assert browser.get(address).status == 403
    no_session(gateway, browser)


def test_a_session_number_is_no_sign_in_cookie_and_the_other_way_round() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    browser.get(LOGIN)
    browser.jar["__Host-tellus"] = browser.jar[cookies.SIGN_IN]

    assert browser.get(ME).status == 401


def test_no_more_failures_are_told_than_a_minute_holds() -> None:
    gateway = WebGateway()
    gateway.provider.refuses = True
    browser = gateway.browser()
    for _ in range(70):
        browser.sign_in()

    assert len(gateway.sessions.failed) <= 2 * 60
    assert gateway.sessions.failed[0] == "code_refused"


def test_every_page_says_who_may_frame_it_and_that_it_is_not_kept() -> None:
    browser = WebGateway().browser()
    for reply in (browser.get(LOGIN), browser.get(CALLBACK), browser.get(f"{LOGIN}?x=1")):
        assert reply.header("cache-control") == "no-store"
        assert "frame-ancestors 'none'" in (reply.header("content-security-policy") or "")
        assert reply.header("x-content-type-options") == "nosniff"
        assert reply.header("referrer-policy") == "no-referrer"


def test_what_sends_a_browser_back_is_our_own_address_whatever_host_it_asked() -> None:
    browser = WebGateway().browser()

    reply = browser.get(LOGIN, host="evil.test", **{"x-forwarded-host": "evil.test"})

    assert quote(f"{ORIGIN}{CALLBACK}", safe="") in reply.location
    assert "evil" not in reply.location
