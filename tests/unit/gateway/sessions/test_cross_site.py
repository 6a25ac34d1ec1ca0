"""Only our own pages use a session; pages of listed origins come with a token of their own."""

import pytest

from tests.support.web_sessions import LOGOUT, ORIGIN, PROVEN, Browser, WebGateway

ME, CONTACTS = "/v1/me", "/v1/contacts"
FORGED: dict[str, dict[str, str]] = {
    "no origin": {"tellus-csrf": "1"},
    "another origin": PROVEN | {"origin": "https://evil.test"},
    "our origin in another spelling": PROVEN | {"origin": f"{ORIGIN}/"},
    "our origin with a port": PROVEN | {"origin": f"{ORIGIN}:443"},
    "our origin without TLS": PROVEN | {"origin": "http://tellus.test"},
    "our origin as a suffix": PROVEN | {"origin": "https://eviltellus.test"},
    "our origin as a prefix": PROVEN | {"origin": f"{ORIGIN}.evil.test"},
    "an origin of null": PROVEN | {"origin": "null"},
    "no header of ours": {"origin": ORIGIN},
    "another value of it": PROVEN | {"tellus-csrf": "true"},
    "from another site": PROVEN | {"sec-fetch-site": "cross-site"},
    "from a neighbour": PROVEN | {"sec-fetch-site": "same-site"},
}


@pytest.fixture
def gateway() -> WebGateway:
    return WebGateway()


@pytest.fixture
def browser(gateway: WebGateway) -> Browser:
    signed_in = gateway.browser()
    signed_in.sign_in("agent")
    return signed_in


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED.keys())
@pytest.mark.parametrize("path", [CONTACTS, LOGOUT])
def test_a_change_that_no_page_of_ours_asked_for_is_refused(
    gateway: WebGateway, browser: Browser, headers: dict[str, str], path: str
) -> None:
    sent = {"idempotency-key": "k" * 20, **headers}

    reply = browser.ask("POST", path, headers=sent, body={"kind": "person", "name": "x"})

    assert (reply.status, reply.json["code"]) == (403, "cross_site")
    assert gateway.owners.asked == []
    assert len(gateway.sessions.rows) == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site", "SAME-ORIGIN", ""])
def test_another_sites_page_does_not_read_with_a_session(browser: Browser, site: str) -> None:
    assert browser.get(ME, **{"sec-fetch-site": site}).status == 403


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}])
def test_our_own_page_and_an_address_typed_in_read(browser: Browser, headers: dict[str, str]) -> None:
    assert browser.get(ME, **headers).status == 200


def test_a_token_needs_no_proof_of_where_it_comes_from(gateway: WebGateway) -> None:
    reply = gateway.ask("GET", ME, headers={"sec-fetch-site": "cross-site", "origin": "https://other.test"})

    assert reply.status == 200
    assert "access-control-allow-origin" not in reply.headers


def test_a_link_from_elsewhere_may_begin_a_sign_in(gateway: WebGateway) -> None:
    browser = gateway.browser()

    assert browser.get("/v1/session/login", **{"sec-fetch-site": "cross-site"}).status == 303


LISTED = "https://portal.city.test"


def test_no_origin_is_listed_unless_somebody_lists_it(gateway: WebGateway) -> None:
    asked = {"origin": LISTED, "access-control-request-method": "GET"}

    reply = gateway.browser().ask("OPTIONS", ME, headers=asked)

    assert reply.status == 405
    assert reply.header("access-control-allow-origin") is None


def test_a_listed_origin_may_call_with_a_token_and_read_the_answer() -> None:
    gateway = WebGateway(more={"origins": (LISTED,)})
    browser = gateway.browser()

    asked = browser.ask("OPTIONS", ME, headers={"origin": LISTED, "access-control-request-method": "GET"})
    told = browser.get(ME, origin=LISTED, authorization=f"Bearer {gateway.issuer.token('agent')}")

    assert asked.status == 204
    assert asked.header("access-control-allow-origin") == LISTED
    assert "authorization" in (asked.header("access-control-allow-headers") or "")
    assert (told.status, told.header("access-control-allow-origin")) == (200, LISTED)
    for reply in (asked, told):
        assert reply.header("access-control-allow-credentials") is None
        assert reply.header("vary") == "origin"


@pytest.mark.parametrize(
    "origin", [f"{LISTED}.evil.test", "https://evil.test", "null", f"{LISTED}/", LISTED.upper(), "*"]
)
def test_an_origin_is_listed_exactly_or_not_at_all(origin: str) -> None:
    gateway = WebGateway(more={"origins": (LISTED,)})
    asked = {"origin": origin, "access-control-request-method": "GET"}

    assert gateway.browser().ask("OPTIONS", ME, headers=asked).header("access-control-allow-origin") is None


def test_a_listed_origin_does_not_use_a_session() -> None:
    gateway = WebGateway(more={"origins": (LISTED,)})
    signed_in = gateway.browser()
    signed_in.sign_in()

    reply = signed_in.ask("POST", CONTACTS, headers=PROVEN | {"origin": LISTED, "idempotency-key": "k" * 20}, body={})

    assert reply.status == 403
    assert gateway.owners.asked == []
