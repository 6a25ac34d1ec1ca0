"""Somebody signs in with a browser, and the browser holds nothing that means anything."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt

from services.gateway.sessions import cookies
from services.gateway.sessions.browsers import digest_of
from tests.support.gateway import ISSUER
from tests.support.web_sessions import CLIENT, CLIENT_KEY, LOGIN, LOGOUT, ORIGIN, WebGateway

ME = "/v1/me"
REGISTER = {"kind": "person", "name": "Ada Lovelace"}


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_a_browser_is_sent_to_its_issuer_with_a_question_that_only_the_issuer_can_answer() -> None:
    browser = WebGateway().browser()

    away = browser.get(f"{LOGIN}?return_to=/docs&acr=aal2&max_age=900")

    asked = query_of(away.location)
    assert away.status == 303
    assert away.location.startswith(f"{ISSUER}/authorize?")
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT
    assert asked["redirect_uri"] == f"{ORIGIN}/v1/session/callback"
    assert asked["code_challenge_method"] == "S256"
    assert asked["acr_values"] == "aal2"
    assert asked["max_age"] == "900"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 32
    assert browser.jar.keys() == {cookies.SIGN_IN}


def test_who_signed_in_is_who_they_are_with_a_token() -> None:
    gateway = WebGateway()
    browser = gateway.browser()

    came = browser.sign_in("caseworker", query="return_to=/docs?x=1")

    assert (came.status, came.location) == (303, "/docs?x=1")
    by_session = browser.get(ME).json
    by_token = gateway.ask("GET", ME, roles=("caseworker",)).json
    assert {name: by_session[name] for name in ("id", "kind", "roles", "department")} == {
        name: by_token[name] for name in ("id", "kind", "roles", "department")
    }


def test_no_token_reaches_the_browser_and_the_store_holds_no_number_that_opens_anything() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    away = browser.get(LOGIN)
    came = browser.get(gateway.provider.authorize(away.location, "caseworker"))

    held = browser.session
    assert held is not None
    assert len(held) >= 43  # 256 bits
    (digest,) = gateway.sessions.rows
    assert digest == digest_of(held)
    (session,) = gateway.sessions.rows.values()
    (refresh,) = gateway.provider.refreshes
    assert session.refresh is not None
    assert refresh.encode() not in session.refresh
    for answer in (away, came):
        told = answer.body.decode() + "".join(value for _, value in answer.headers)
        assert "eyJ" not in told
        assert refresh not in told


def test_the_gateway_proves_itself_to_the_issuer_by_a_key() -> None:
    gateway = WebGateway()
    gateway.browser().sign_in()

    (posted,) = gateway.provider.posted
    proved = jwt.decode(posted["client_assertion"], CLIENT_KEY, algorithms=["ES256"]).claims
    assert (proved["iss"], proved["sub"], proved["aud"]) == (CLIENT, CLIENT, ISSUER)
    assert 0 < proved["exp"] - proved["iat"] <= 60
    assert proved["jti"]
    assert "client_secret" not in posted


def test_a_session_changes_something_when_one_of_our_pages_asks() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    browser.sign_in("agent")

    made = browser.post("/v1/contacts", body=REGISTER, headers={"idempotency-key": "k" * 20})

    assert made.status == 201, made.body
    assert len(gateway.owners.asked) == 1


def test_signing_out_ends_the_session_and_says_where_to_leave_the_issuer() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    browser.sign_in()
    held = dict(browser.jar)

    left = browser.post(LOGOUT)

    assert left.status == 200
    assert left.json["signed_out"] is True
    assert left.json["end_session_url"].startswith(f"{ISSUER}/end?client_id={CLIENT}")
    assert "id_token" not in left.json["end_session_url"]
    assert browser.jar == {}
    browser.jar = held
    assert browser.get(ME).status == 401
    assert browser.jar == {}


def test_signing_in_again_gives_another_number_and_the_old_one_is_worth_nothing() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    browser.sign_in()
    old = dict(browser.jar)

    browser.sign_in()

    assert browser.session != old["__Host-tellus"]
    assert browser.get(ME).status == 200
    browser.jar = old
    assert browser.get(ME).status == 401
    assert [reason for _, reason in gateway.sessions.ended] == ["signed_in_again"]


def test_a_number_brought_along_is_not_taken_over() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    browser.jar["__Host-tellus"] = "chosen-by-somebody-else"

    browser.sign_in()

    assert browser.session not in (None, "chosen-by-somebody-else")
    other = gateway.browser()
    other.jar["__Host-tellus"] = "chosen-by-somebody-else"
    assert other.get(ME).status == 401


def test_the_eleventh_session_of_a_person_ends_the_first() -> None:
    gateway = WebGateway()
    browsers = [gateway.browser() for _ in range(11)]
    for browser in browsers:
        browser.sign_in()

    assert browsers[0].get(ME).status == 401
    assert all(browser.get(ME).status == 200 for browser in browsers[1:])
    assert [reason for _, reason in gateway.sessions.ended] == ["too_many"]


def test_three_tabs_can_sign_in_at_once() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    away = [browser.get(f"{LOGIN}?return_to=/docs?tab={tab}") for tab in range(3)]

    back = [browser.get(gateway.provider.authorize(one.location, "caseworker")) for one in away]

    assert [one.location for one in back] == [f"/docs?tab={tab}" for tab in range(3)]
    assert browser.jar.keys() == {cookies.SESSION}
    assert len(gateway.sessions.rows) == 1


def test_more_tabs_than_a_cookie_holds_forget_the_first() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    long = "/docs?" + "x" * 900
    away = [browser.get(f"{LOGIN}?return_to={long}") for _ in range(6)]

    assert len(browser.jar[cookies.SIGN_IN]) <= 3_900
    assert browser.get(gateway.provider.authorize(away[0].location, "caseworker")).status == 403
    assert browser.get(gateway.provider.authorize(away[-1].location, "caseworker")).status == 303


def test_an_issuer_with_opaque_access_tokens_says_everything_in_its_id_token() -> None:
    issuer = {"issuer": ISSUER, "kind": "citizen", "client_id": CLIENT, "claims_from": "id_token"}
    gateway = WebGateway(more={"issuers": (issuer,)})
    gateway.provider.answer_changes = {"access_token": "opaque"}
    gateway.provider.id_changes = {"at_hash": ...}
    browser = gateway.browser()

    assert browser.sign_in("citizen").status == 303
    assert browser.get(ME).json["kind"] == "citizen"


def test_an_issuer_is_chosen_by_name() -> None:
    browser = WebGateway().browser()

    assert browser.get(f"{LOGIN}?issuer=staff").status == 303
    assert browser.get(f"{LOGIN}?issuer=other").status == 400


def test_where_no_issuer_knows_us_a_browser_is_told_to_come_with_a_token() -> None:
    browser = WebGateway(more={"issuers": ({"issuer": ISSUER, "kind": "by_role"},)}).browser()

    assert browser.get(LOGIN).status == 400


def test_only_the_one_method_of_each_address_is_answered() -> None:
    browser = WebGateway().browser()

    assert browser.ask("POST", LOGIN).status == 405
    assert browser.ask("GET", LOGOUT).header("allow") == "POST"


def test_a_session_and_a_token_together_are_refused() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    browser.sign_in()

    both = browser.get(ME, authorization=f"Bearer {gateway.issuer.token('administrator')}")

    assert (both.status, both.json["code"]) == (400, "two_identities")


@pytest.mark.parametrize("cookie", ["__Host-tellus=a; __Host-tellus=b", '__Host-tellus="quoted"', "__Host-tellus=é"])
def test_a_cookie_that_we_never_gave_is_nobody(cookie: str) -> None:
    reply = WebGateway().browser().ask("GET", ME, headers={"cookie": cookie})

    assert reply.status in (400, 401)


def test_a_foreign_cookie_beside_ours_changes_nothing() -> None:
    browser = WebGateway().browser()
    browser.sign_in()
    browser.jar["other"] = "x=y"
    browser.jar["__Secure-tellus"] = "no"

    assert browser.get(ME).status == 200


def test_a_thousand_lookups_of_nobody_store_nothing() -> None:
    gateway = WebGateway()

    async def flood() -> None:
        found = await asyncio.gather(*(gateway.browsers.of(f"guess-{n}", traceparent="") for n in range(1_000)))
        assert not any(found)

    asyncio.run(flood())
    assert gateway.sessions.rows == {}


def test_whoever_came_to_loopback_by_another_name_is_led_to_ours_first() -> None:
    browser = WebGateway(more={"public_url": "http://127.0.0.1:18000"}).browser()

    moved = browser.get(f"{LOGIN}?return_to=/docs", host="localhost:18000")

    assert moved.location == f"http://127.0.0.1:18000{LOGIN}?return_to=/docs"
    assert browser.jar == {}
    assert browser.get(LOGIN, host="127.0.0.1:18000").location.startswith(ISSUER)
    assert browser.get(LOGIN, host="evil.test").location.startswith(ISSUER)
    assert WebGateway().browser().get(LOGIN, host="localhost").location.startswith(ISSUER)
