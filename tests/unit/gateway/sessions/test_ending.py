"""Sessions end: when they are idle, old, no longer vouched for, or their issuer says so; and when in doubt nobody is in."""

import asyncio
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from services.gateway.edge.responding import Answer
from services.gateway.endpoint import Visit
from services.gateway.identity.callers import unauthenticated
from services.gateway.identity.sign_in_tokens import LOGOUT_EVENT
from services.gateway.routes import me, streams
from tests.support.gateway import ISSUER
from tests.support.web_sessions import BACKCHANNEL, CALLBACK, LOGIN, Browser, Seen, WebGateway, later

ME = "/v1/me"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def told(gateway: WebGateway, token: str, **more: Any) -> Seen:
    return gateway.browser().ask(
        "POST", BACKCHANNEL, headers=FORM, raw=urlencode({"logout_token": token} | more).encode()
    )


def signed_in(gateway: WebGateway, *roles: str, sid: str | None = None) -> Browser:
    browser = gateway.browser()
    assert browser.sign_in(*(roles or ("caseworker",)), sid=sid).status == 303
    return browser


def reasons(gateway: WebGateway) -> list[str]:
    return [reason for _, reason in gateway.sessions.ended]


def test_half_an_hour_of_rest_ends_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    gateway.provider.gives_refresh = False
    browser = signed_in(gateway)
    with later(monkeypatch, 1_500):
        assert browser.get(ME).status == 200
    with later(monkeypatch, 3_200):
        assert browser.get(ME).status == 200
    with later(monkeypatch, 5_001):
        assert browser.get(ME).status == 401
    assert reasons(gateway) == ["idle"]


def test_eight_hours_end_a_session_however_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    gateway.provider.gives_refresh = False
    browser = signed_in(gateway)
    for moment in range(1_700, 28_800, 1_700):
        with later(monkeypatch, moment):
            assert browser.get(ME).status == 200
    with later(monkeypatch, 28_801):
        assert browser.get(ME).status == 401
    assert reasons(gateway) == ["too_old"]


def test_when_it_was_last_used_is_written_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    (before,) = gateway.sessions.rows.values()
    with later(monkeypatch, 50):
        browser.get(ME)
    assert next(iter(gateway.sessions.rows.values())).seen_at == before.seen_at
    with later(monkeypatch, 70):
        browser.get(ME)
    assert next(iter(gateway.sessions.rows.values())).seen_at > before.seen_at


def test_who_only_goes_on_listening_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter((70, 1_700, 1_801))

    async def listening(visit: Visit) -> Answer:
        for moment in seconds:
            with later(monkeypatch, moment):
                await visit.again()
        raise AssertionError("nobody listens for longer than they may rest")

    gateway = WebGateway(table=(*me.ROUTES, *streams.ROUTES), speakers={"live_updates": listening})
    gateway.provider.gives_refresh = False
    browser = signed_in(gateway)
    assert browser.get("/v1/stream").status == 401
    assert next(seconds, None) is None
    assert reasons(gateway) == ["idle"]


def test_the_issuer_is_asked_again_when_its_word_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    with later(monkeypatch, 500):
        assert browser.get(ME).status == 200
    assert len(gateway.provider.posted) == 1
    with later(monkeypatch, 575):
        assert browser.get(ME).status == 200
        assert browser.get(ME).status == 200
    assert [form["grant_type"] for form in gateway.provider.posted] == ["authorization_code", "refresh_token"]


def test_many_requests_at_once_use_a_refresh_token_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    held = browser.session
    assert held is not None

    async def at_once() -> list[Any]:
        return await asyncio.gather(*(gateway.browsers.of(held, traceparent="00-" + "0" * 52) for _ in range(50)))

    with later(monkeypatch, 575):
        found = asyncio.run(at_once())

    assert all(found)
    assert len(gateway.provider.posted) == 2


def test_an_issuer_that_no_longer_vouches_ends_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    gateway.provider.refreshes.clear()
    with later(monkeypatch, 575):
        assert browser.get(ME).status == 401
    assert reasons(gateway) == ["issuer_refused"]
    assert gateway.sessions.rows == {}


def test_a_renewal_brings_what_the_issuer_says_now_but_no_newer_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    (before,) = gateway.sessions.rows.values()
    gateway.provider.access_changes = {"roles": ["agent"], "acr": "aal2", "auth_time": int(time.time())}
    with later(monkeypatch, 575):
        assert browser.get(ME).json["roles"] == ["agent"]
    (after,) = gateway.sessions.rows.values()
    assert after.identity.assurance == before.identity.assurance == "aal1"
    assert after.identity.authenticated_at == before.identity.authenticated_at
    assert after.refresh != before.refresh


def test_a_renewal_about_somebody_else_ends_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    gateway.provider.access_changes = gateway.provider.id_changes = {"sub": "somebody-else"}
    with later(monkeypatch, 575):
        assert browser.get(ME).status == 401
    assert reasons(gateway) == ["issuer_refused"]


def test_while_the_issuer_is_away_its_last_word_counts_for_as_long_as_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    gateway.provider.away = True
    with later(monkeypatch, 575):
        assert browser.get(ME).status == 200
    with later(monkeypatch, 640):
        reply = browser.get(ME)
        assert (reply.status, reply.json["code"]) == (503, "issuer_unreachable")
        assert reply.header("retry-after")
    gateway.provider.away = False
    with later(monkeypatch, 660):
        assert browser.get(ME).status == 200
    assert reasons(gateway) == []


def test_an_issuer_that_is_taken_out_of_the_settings_takes_its_sessions_along() -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    other = WebGateway(more={"issuers": ({"issuer": ISSUER, "kind": "by_role"},)})
    other.sessions.rows = gateway.sessions.rows
    browser.gateway = other

    assert browser.get(ME).status == 401
    assert reasons(other) == ["issuer_unknown"]


def test_who_may_not_come_in_any_more_is_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)

    async def nobody(*_: Any) -> Any:
        raise unauthenticated(invalid=True)

    monkeypatch.setattr(gateway.callers, "stand", nobody)
    assert browser.get(ME).status == 401


def test_an_issuer_ends_the_session_it_names() -> None:
    gateway = WebGateway()
    one, other = signed_in(gateway, sid="a"), signed_in(gateway, sid="b")

    reply = told(gateway, gateway.provider.logout_token(sid="a", sub="somebody-caseworker"))

    assert (reply.status, reply.body) == (200, b"")
    assert reply.header("cache-control") == "no-store"
    assert one.get(ME).status == 401
    assert other.get(ME).status == 200
    assert reasons(gateway) == ["issuer_signed_out"]


def test_an_issuer_ends_all_that_somebody_has() -> None:
    gateway = WebGateway()
    theirs = [signed_in(gateway, sid=sid) for sid in "abc"]
    other = signed_in(gateway, "agent")

    assert told(gateway, gateway.provider.logout_token(sub="somebody-caseworker")).status == 200

    assert [browser.get(ME).status for browser in theirs] == [401, 401, 401]
    assert other.get(ME).status == 200


def test_a_logout_that_comes_before_the_session_it_ends_still_ends_it() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    address = gateway.provider.authorize(browser.get(LOGIN).location, "caseworker", sid="a")
    assert told(gateway, gateway.provider.logout_token(sid="a")).status == 200

    assert browser.get(address).status == 403
    assert gateway.sessions.rows == {}
    assert gateway.sessions.failed == ["signed_out_meanwhile"]


LOGOUTS: dict[str, dict[str, Any]] = {
    "with a nonce": {"nonce": "n"},
    "without events": {"events": ...},
    "with a list of events": {"events": [LOGOUT_EVENT]},
    "with another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "with an event that is no object": {"events": {LOGOUT_EVENT: True}},
    "of nobody": {"sid": ..., "sub": ...},
    "of an empty session": {"sid": ""},
    "of a list of sessions": {"sid": ["a"]},
    "with a number for a subject": {"sub": 1},
    "for another client": {"aud": "other-client"},
    "for us and another": {"aud": ["tellus-gateway", "other-client"]},
    "for the API": {"aud": "tellus"},
    "for nobody": {"aud": ...},
    "of another issuer": {"iss": "https://other.test"},
    "expired": {"iat": int(time.time()) - 700, "exp": int(time.time()) - 600},
    "without an end": {"exp": ...},
    "of long ago": {"iat": int(time.time()) - 7_200, "exp": int(time.time()) + 7_200},
    "of tomorrow": {"iat": int(time.time()) + 86_400, "exp": int(time.time()) + 90_000},
    "without a number of its own": {"jti": ...},
    "with an ID token's type": {"header": {"typ": "JWT"}},
    "with an access token's type": {"header": {"typ": "at+jwt"}},
    "without a type": {"header": {"typ": ...}},
    "with an unknown key": {"header": {"kid": "other"}},
}


@pytest.mark.parametrize("changes", LOGOUTS.values(), ids=LOGOUTS.keys())
def test_a_logout_token_with_anything_wrong_ends_nothing(changes: dict[str, Any]) -> None:
    gateway = WebGateway()
    browser = signed_in(gateway, sid="a")

    reply = told(gateway, gateway.provider.logout_token(**({"sid": "a", "sub": "somebody-caseworker"} | changes)))

    assert (reply.status, reply.json) == (400, {"error": "invalid_request"})
    assert browser.get(ME).status == 200


def test_a_logout_token_is_heard_once() -> None:
    gateway = WebGateway()
    token = gateway.provider.logout_token(sub="somebody-caseworker")
    assert told(gateway, token).status == 200
    browser = signed_in(gateway)

    assert told(gateway, token).status == 400
    assert browser.get(ME).status == 200


def test_a_single_audience_in_a_list_is_that_audience() -> None:
    gateway = WebGateway()
    browser = signed_in(gateway, sid="a")

    assert told(gateway, gateway.provider.logout_token(sid="a", aud=["tellus-gateway"])).status == 200
    assert browser.get(ME).status == 401


def test_an_issuer_that_types_no_logout_token_can_be_let() -> None:
    issuer = {"issuer": ISSUER, "kind": "by_role", "client_id": "tellus-gateway", "typed_logout": False}
    gateway = WebGateway(more={"issuers": (issuer,)})
    browser = signed_in(gateway, sid="a")

    assert told(gateway, gateway.provider.logout_token(sid="a", header={"typ": ...})).status == 200
    assert browser.get(ME).status == 401


@pytest.mark.parametrize(
    ("headers", "raw", "status"),
    [
        ({"content-type": "application/json"}, b"{}", 415),
        ({}, b"logout_token=x", 415),
        (FORM, b"", 400),
        (FORM, b"logout_token=x", 400),
        (FORM, b"logout_token=x&logout_token=y", 400),
        (FORM, b"\xff\xfe", 400),
        (FORM, b"logout_token=" + b"x" * 20_000, 413),
        (FORM, b"&".join(b"a%d=1" % n for n in range(100)), 400),
    ],
)
def test_what_is_no_logout_is_refused(headers: dict[str, str], raw: bytes, status: int) -> None:
    assert WebGateway().browser().ask("POST", BACKCHANNEL, headers=headers, raw=raw).status == status


def test_a_thousand_forged_logouts_cost_no_fetch_and_end_nothing() -> None:
    gateway = WebGateway()
    browser = signed_in(gateway, sid="a")
    fetched = gateway.issuer.fetched
    forged = gateway.provider.logout_token(sid="a", header={"kid": "unknown"})

    assert {told(gateway, forged).status for _ in range(300)} <= {400, 429}
    assert gateway.issuer.fetched <= fetched + 1
    assert browser.get(ME).status == 200


def test_without_the_store_nobody_is_in_and_nobody_gets_in() -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    waiting = gateway.browser()
    address = gateway.provider.authorize(waiting.get(LOGIN).location, "caseworker")
    token = gateway.provider.logout_token(sid="a")
    gateway.sessions.away = True

    api, page, logout = browser.get(ME), waiting.get(address), told(gateway, token)

    assert (api.status, api.json["code"]) == (503, "store_unavailable")
    assert (page.status, logout.status) == (503, 503)
    assert "not possible now" in page.body.decode()
    assert all(reply.header("retry-after") for reply in (api, page, logout))
    gateway.sessions.away = False
    assert told(gateway, token).status == 200  # the issuer may say it again
    assert browser.get(ME).status == 200


def test_without_the_issuer_a_sign_in_says_so() -> None:
    gateway = WebGateway()
    gateway.provider.away = True

    reply = gateway.browser().get(LOGIN)

    assert reply.status == 503
    assert reply.header("retry-after")
    assert "text/html" in (reply.header("content-type") or "")
    assert "not possible now" in reply.body.decode()


def test_an_issuer_that_goes_away_between_leaving_and_coming_back_signs_nobody_in() -> None:
    gateway = WebGateway()
    browser = gateway.browser()
    address = gateway.provider.authorize(browser.get(LOGIN).location, "caseworker")
    gateway.provider.away = True

    assert browser.get(address).status == 503
    assert gateway.sessions.rows == {}
    assert browser.get(f"{CALLBACK}?x=1").status == 403


def asked_of(gateway: WebGateway, browser: Browser, times: int) -> tuple[int, int]:
    """How often the store was asked, and for how many of the requests somebody was there."""
    held, asked, find = browser.session, 0, gateway.sessions.find
    assert held is not None

    async def counted(digest: bytes) -> Any:
        nonlocal asked
        asked += 1
        return await find(digest)

    async def often() -> int:
        gateway.sessions.find = counted  # type: ignore[method-assign]
        found = [await gateway.browsers.of(held, traceparent="") for _ in range(times)]
        gateway.sessions.find = find  # type: ignore[method-assign]
        return sum(one is not None for one in found)

    there = asyncio.run(often())
    return asked, there


def test_a_page_full_of_requests_asks_the_store_once() -> None:
    gateway = WebGateway()
    assert asked_of(gateway, signed_in(gateway), 40) == (1, 40)


def test_an_end_elsewhere_is_noticed_when_it_is_heard() -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    (session,) = gateway.sessions.rows.values()
    assert browser.get(ME).status == 200
    gateway.sessions.rows.clear()

    gateway.browsers.forget(session.actor)

    assert browser.get(ME).status == 401


def test_an_end_elsewhere_that_nobody_hears_of_is_noticed_within_half_a_second() -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    assert browser.get(ME).status == 200
    gateway.sessions.rows.clear()
    begun = time.monotonic()
    while browser.get(ME).status == 200:
        assert time.monotonic() - begun < 1.0
    assert time.monotonic() - begun < 1.0


def test_what_was_read_before_an_end_and_comes_after_it_is_not_believed_twice() -> None:
    gateway = WebGateway()
    browser = signed_in(gateway)
    held, find = browser.session, gateway.sessions.find
    assert held is not None

    async def slow(digest: bytes) -> Any:
        found = await find(digest)
        gateway.sessions.rows.clear()
        gateway.browsers.forget(None)  # heard while the answer was on its way
        return found

    gateway.sessions.find = slow  # type: ignore[method-assign]
    asyncio.run(gateway.browsers.of(held, traceparent=""))
    gateway.sessions.find = find  # type: ignore[method-assign]

    assert asked_of(gateway, browser, 1) == (1, 0)
