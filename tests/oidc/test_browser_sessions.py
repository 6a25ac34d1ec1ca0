"""People sign in, step up and leave with a browser through a running gateway, whichever issuer it was told to trust."""

import re
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from deploy.local.bringing_up import Servers
from services.gateway.routes import ROUTES
from tests.support.browsing import SESSION, Browser
from tests.support.issuers import ISSUERS, RunningIssuer, running
from tests.support.live_gateway import LiveGateway, serving
from tests.support.processes import Keys

TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.")
WITHIN = 1.0
"""Seconds from leaving at the issuer to refusal here."""


@pytest.fixture(scope="module", params=list(ISSUERS))
def live(
    request: pytest.FixtureRequest, servers: Servers, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveGateway]:
    """A gateway and its issuer, for all tests of this file."""
    folder = tmp_path_factory.mktemp("browsers")
    with running(request.param, folder) as issuer, serving(issuer, servers, keys, folder) as gateway:
        yield gateway


@pytest.fixture
def issuer(live: LiveGateway) -> RunningIssuer:
    return live.issuer


def browser_of(issuer: RunningIssuer, person: str = "carl-caseworker") -> Browser:
    return Browser(issuer, person)


def its_refresh_token(live: LiveGateway) -> object:
    """What is kept, sealed, of the newest session; each refresh token is good once."""
    ((kept,),) = live.sql("SELECT refresh FROM session ORDER BY began_at DESC LIMIT 1")
    return kept


def soon(holds: Callable[[], bool], *, seconds: float = 5) -> float:
    """How long it took until this held."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - begun


def test_somebody_signs_in_and_is_who_they_are(issuer: RunningIssuer) -> None:
    browser = browser_of(issuer)
    answer = browser.sign_in(return_to="/v1/me")
    assert answer.status_code == 200, answer.text
    me = answer.json()
    assert (me["kind"], me["roles"], me["department"]) == ("staff", ["caseworker"], "city.permits")
    assert me["assurance"] == "aal1"


def test_no_token_ever_reaches_the_browser_and_the_cookie_is_its_own(issuer: RunningIssuer) -> None:
    browser = browser_of(issuer)
    browser.sign_in()
    browser.me()
    for answer in browser.sent:
        told = answer.text + str(answer.headers)
        assert not TOKEN.search(told), answer.url
    given = [value for answer in browser.sent for value in answer.headers.get_list("set-cookie") if SESSION in value]
    (session,) = [value for value in given if value.startswith(f"{SESSION}=") and "Max-Age=0" not in value]
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in session.split(";")}
    assert "Domain" not in session


def test_an_answer_works_once_and_only_in_the_browser_that_asked(issuer: RunningIssuer) -> None:
    browser = browser_of(issuer)
    callback = browser.answered(browser.away())
    stranger = browser_of(issuer)
    assert stranger.follow(stranger.http.get(callback)).status_code == 403
    assert stranger.session is None
    assert browser.http.get(callback).status_code == 303
    session = browser.session
    again = browser.http.get(callback)
    assert again.status_code == 403
    assert browser.session == session, "what was there before goes on"
    assert browser.get("/v1/me").status_code == 200


@pytest.mark.parametrize("spoilt", ["code", "state", "iss"])
def test_an_answer_that_was_changed_on_its_way_signs_nobody_in(issuer: RunningIssuer, spoilt: str) -> None:
    browser = browser_of(issuer)
    callback = httpx.URL(browser.answered(browser.away()))
    other = "http://127.0.0.1:1" if spoilt == "iss" else "x" * 32
    answer = browser.http.get(callback.copy_merge_params({spoilt: other}))
    assert answer.status_code == 403
    assert browser.session is None
    assert "eyJ" not in answer.text


def test_stepping_up_raises_the_session_and_its_old_cookie_is_worth_nothing(issuer: RunningIssuer) -> None:
    browser = browser_of(issuer, "tess-teamlead")
    browser.sign_in()
    before = browser.session
    assert browser.sign_in(return_to="/v1/me", acr="aal2", max_age="900").json()["assurance"] == "aal2"
    assert browser.session != before
    old = httpx.get(f"{issuer.gateway}/v1/me", headers={"Cookie": f"{SESSION}={before}"}, trust_env=False)
    assert old.status_code == 401


def test_whoever_must_step_up_is_told_where_and_comes_back_to_do_it(issuer: RunningIssuer) -> None:
    (emergency,) = (route for route in ROUTES if route.operation == "challenge_access")
    browser = browser_of(issuer)
    browser.sign_in()
    refused = browser.change("POST", emergency.path, emergency.example)
    assert (refused.status_code, refused.json()["code"]) == (401, "step_up_required"), refused.text
    browser.follow(browser.http.get(issuer.gateway + refused.json()["details"]["login"]))
    assert browser.me()["assurance"] == "aal2"
    passed = browser.change("POST", emergency.path, emergency.example)
    assert (passed.status_code, passed.json()["code"]) == (503, "callee_silent"), "only the directory is not there"


def test_a_step_up_by_somebody_else_is_refused(issuer: RunningIssuer) -> None:
    browser = browser_of(issuer, "tess-teamlead")
    browser.sign_in()
    address = browser.away(acr="aal2", max_age="900")
    thief = browser_of(issuer, "abel-administrator")
    callback = thief.answered(address.replace("tess-teamlead", "abel-administrator") + "&login_hint=abel-administrator")
    assert browser.http.get(callback).status_code == 403
    assert browser.me()["roles"] == ["team_lead"]


def test_leaving_ends_the_session_here_and_at_the_issuer(issuer: RunningIssuer) -> None:
    browser = browser_of(issuer)
    browser.sign_in()
    held = browser.session
    answer = browser.change("POST", "/v1/session/logout")
    assert answer.status_code == 200, answer.text
    assert browser.session is None
    back = httpx.get(f"{issuer.gateway}/v1/me", headers={"Cookie": f"{SESSION}={held}"}, trust_env=False)
    assert back.status_code == 401
    assert browser.leave_issuer(answer.json()["end_session_url"]) == f"{issuer.gateway}/"
    silent = httpx.URL(browser.away()).copy_merge_params({"prompt": "none"})
    assert "error=login_required" in browser.answered(str(silent))


def test_a_page_of_another_site_signs_nobody_out(issuer: RunningIssuer) -> None:
    browser = browser_of(issuer)
    browser.sign_in()
    crossed = [
        browser.change("POST", "/v1/session/logout", Origin="http://evil.example"),
        browser.change("POST", "/v1/session/logout", **{"Sec-Fetch-Site": "cross-site"}),
        browser.change("POST", "/v1/session/logout", **{"Tellus-CSRF": "0"}),
    ]
    assert [answer.status_code for answer in crossed] == [403, 403, 403]
    assert browser.get("/v1/me").status_code == 200


def test_leaving_at_the_issuer_ends_the_session_here_within_a_second(issuer: RunningIssuer, live: LiveGateway) -> None:
    browser, other = browser_of(issuer), browser_of(issuer)
    browser.sign_in()
    other.sign_in()
    assert browser.get("/v1/me").status_code == other.get("/v1/me").status_code == 200
    address = httpx.get(f"{issuer.address}/.well-known/openid-configuration", trust_env=False).json()
    browser.leave_issuer(address["end_session_endpoint"] + f"?client_id={issuer.settings.client_id}")
    assert soon(lambda: browser.get("/v1/me").status_code == 401) < WITHIN
    assert other.get("/v1/me").status_code == 200, "another session of the same person goes on"
    assert live.facts("session.ended.v1")[-1]["data"]["reason"] == "issuer_signed_out"


def test_a_session_outlives_its_access_token_while_the_issuer_agrees(issuer: RunningIssuer, live: LiveGateway) -> None:
    browser = browser_of(issuer)
    browser.sign_in()
    for _ in range(2):
        before = its_refresh_token(live)
        live.sql("UPDATE session SET renew_at = now() - interval '1 second'")
        soon(lambda: browser.me()["roles"] == ["caseworker"] and its_refresh_token(live) != before)  # noqa: B023 - asked at once


def test_a_session_ends_when_the_issuer_no_longer_agrees_and_not_while_it_is_away(
    issuer: RunningIssuer, live: LiveGateway
) -> None:
    browser = browser_of(issuer)
    browser.sign_in()
    issuer.stop()
    try:
        assert browser.get("/v1/me").status_code == 200
    finally:
        issuer.start()
    live.sql("UPDATE session SET renew_at = now() - interval '1 second'")
    soon(lambda: browser.get("/v1/me").status_code == 401)  # after its restart the issuer knows of no session
    assert live.facts("session.ended.v1")[-1]["data"]["reason"] == "issuer_refused"
