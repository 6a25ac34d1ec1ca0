"""A session says where to show better who one is, becomes the better one, and the old number is worth nothing."""

import asyncio
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.gateway.routes import contacts, directory, me
from shared.contracts.gateway.events import AccessDenied
from tests.support.web_sessions import LOGIN, Browser, WebGateway, later

ME = "/v1/me"
STAFF = "019c1f0e-0000-7000-8000-000000000001"
ASSIGN = f"/v1/staff/{STAFF}/assignments"
ROLE = {"kind": "standard", "role": "caseworker", "reason": "new_post"}
TABLE = (*contacts.ROUTES, *me.ROUTES, *directory.ROUTES)


def assigning() -> tuple[str, dict[str, Any]]:
    (route,) = (route for route in directory.ROUTES if route.operation == "assign_role")
    return route.path.replace("{staff_id:id}", STAFF), dict(route.example)


@pytest.fixture
def gateway() -> WebGateway:
    return WebGateway(table=TABLE)


def assign(browser: Browser) -> Any:
    path, body = assigning()
    return browser.post(path, body=body, headers={"idempotency-key": "k" * 20})


def test_a_role_is_given_after_a_second_factor_and_not_before(gateway: WebGateway) -> None:
    browser = gateway.browser()
    browser.sign_in("administrator")
    old = dict(browser.jar)

    asked = assign(browser)

    assert (asked.status, asked.json["code"]) == (401, "step_up_required")
    assert 'acr_values="aal2"' in asked.header("www-authenticate")
    login = asked.json["details"]["login"]
    assert login.startswith(f"{LOGIN}?acr=aal2&max_age=900&return_to=")
    away = browser.get(login)
    assert parse_qs(urlsplit(away.location).query)["acr_values"] == ["aal2"]
    assert browser.get(gateway.provider.authorize(away.location, "administrator", acr="aal2")).status == 303

    assert assign(browser).status == 201
    assert len(gateway.sessions.rows) == 1
    assert gateway.sessions.ended == []  # it is the same session, by another number
    browser.jar = old
    assert browser.get(ME).status == 401
    denied = [event for event in gateway.record.events if isinstance(event, AccessDenied)]
    assert [event.code for event in denied] == ["step_up_required"]


def test_who_may_not_anyway_is_not_sent_to_sign_in_again(gateway: WebGateway) -> None:
    browser = gateway.browser()
    browser.sign_in("agent")

    assert assign(browser).status == 403


def test_a_second_factor_grows_old(gateway: WebGateway) -> None:
    browser = gateway.browser()
    browser.sign_in("administrator", acr="aal2", auth_time=int(time.time()) - 1_000)

    assert assign(browser).status == 401
    assert browser.get(ME).json["assurance"] == "aal2"


def test_a_level_in_the_address_is_a_wish_and_no_proof(gateway: WebGateway) -> None:
    browser = gateway.browser()
    browser.sign_in("administrator", query="acr=aal2&max_age=900")  # the issuer only asked for a password

    assert browser.get(ME).json["assurance"] == "aal1"
    assert assign(browser).status == 401


def test_somebody_elses_second_factor_is_not_taken(gateway: WebGateway) -> None:
    browser = gateway.browser()
    browser.sign_in("administrator")
    before = dict(browser.jar)
    away = browser.get(f"{LOGIN}?acr=aal2")

    reply = browser.get(gateway.provider.authorize(away.location, "security_officer", acr="aal2"))

    assert reply.status == 403
    assert gateway.sessions.failed == ["somebody_else"]
    assert browser.jar["__Host-tellus"] == before["__Host-tellus"]
    assert browser.get(ME).json["roles"] == ["administrator"]
    assert browser.get(ME).json["assurance"] == "aal1"


def test_a_step_up_that_another_browser_began_is_not_taken(gateway: WebGateway) -> None:
    attacker, victim = gateway.browser(), gateway.browser()
    attacker.sign_in("administrator")
    victim.sign_in("administrator")
    away = attacker.get(f"{LOGIN}?acr=aal2")

    assert victim.get(gateway.provider.authorize(away.location, "administrator", acr="aal2")).status == 403
    assert victim.get(ME).json["assurance"] == attacker.get(ME).json["assurance"] == "aal1"


def test_two_tabs_that_step_up_leave_one_good_session(gateway: WebGateway) -> None:
    browser = gateway.browser()
    browser.sign_in("administrator")
    tabs = [browser.get(f"{LOGIN}?acr=aal2").location for _ in range(2)]

    for tab in tabs:
        assert browser.get(gateway.provider.authorize(tab, "administrator", acr="aal2")).status == 303

    assert len(gateway.sessions.rows) == 1
    assert browser.get(ME).json["assurance"] == "aal2"


def test_two_tabs_at_the_very_same_moment_leave_nothing_lying_about(gateway: WebGateway) -> None:
    browser = gateway.browser()
    browser.sign_in("administrator")
    (session,) = gateway.sessions.rows.values()
    (held,) = gateway.sessions.rows

    async def both() -> list[bool]:
        raised = replace(session, version=2)
        attempts = [gateway.sessions.step_up(raised, bytes([n]) * 32, before=held, traceparent="") for n in range(2)]
        return await asyncio.gather(*attempts)

    assert sorted(asyncio.run(both())) == [False, True]
    assert len(gateway.sessions.rows) == 1


def test_who_signed_out_while_stepping_up_has_a_new_session_with_an_end_of_its_own(
    gateway: WebGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = gateway.browser()
    browser.sign_in("administrator")
    (before,) = gateway.sessions.rows.values()
    away = browser.get(f"{LOGIN}?acr=aal2")
    gateway.sessions.rows.clear()

    with later(monkeypatch, 60):
        assert browser.get(gateway.provider.authorize(away.location, "administrator", acr="aal2")).status == 303
    (after,) = gateway.sessions.rows.values()
    assert after.id != before.id


def test_stepping_up_does_not_lengthen_a_session(gateway: WebGateway) -> None:
    browser = gateway.browser()
    browser.sign_in("administrator")
    (before,) = gateway.sessions.rows.values()
    away = browser.get(f"{LOGIN}?acr=aal2")
    browser.get(gateway.provider.authorize(away.location, "administrator", acr="aal2"))
    (after,) = gateway.sessions.rows.values()

    assert (after.id, after.began_at, after.ends_at) == (before.id, before.began_at, before.ends_at)
    assert after.version == before.version + 1
