"""A client may ask to be surer: a one-time code is asked for then, counts once, and tokens tell how it was proven."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt

from deploy.local.identity.cookies import SESSION_COOKIE
from deploy.local.identity.levels import reaches, wanted
from deploy.local.identity.one_time_codes import OneTimeCodes, app_address, code_at, secret_of, step_at
from deploy.local.identity.provider import make_provider
from deploy.local.identity.sessions import MOST_WRONG_CODES
from deploy.local.identity.settings import Settings
from tests.support.identity import Visitor, returned, visitor_of

RFC_SECRET = b"12345678901234567890"


def claims(visitor: Visitor, token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, visitor.provider.keys.verifying_keys(), algorithms=["ES256"]).claims)


def stepped_up(visitor: Visitor, **changes: str | None) -> dict[str, str]:
    """Tokens of somebody who gave the password and then the code."""
    page = visitor.answer(visitor.ask(acr_values="aal2", **changes))
    answer = visitor.exchange(returned(visitor.answer_code(page))["code"])
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(moment: int, shown: str) -> None:
    assert code_at(RFC_SECRET, step_at(moment), digits=8) == shown


def test_the_password_alone_is_the_lower_level(visitor: Visitor) -> None:
    tokens = visitor.tokens()
    for token in (tokens["access_token"], tokens["id_token"]):
        assert (claims(visitor, token)["acr"], claims(visitor, token)["amr"]) == ("aal1", ["pwd"])


def test_password_and_code_are_the_higher_level_in_both_tokens(visitor: Visitor) -> None:
    tokens = stepped_up(visitor)
    for token in (tokens["access_token"], tokens["id_token"]):
        assert (claims(visitor, token)["acr"], claims(visitor, token)["amr"]) == ("aal2", ["pwd", "otp"])


def test_who_is_signed_in_is_asked_for_the_code_only_and_stays_in_the_same_session(visitor: Visitor) -> None:
    before = claims(visitor, visitor.tokens()["id_token"])
    page = visitor.ask(acr_values="aal2")
    assert 'name="password"' not in page.text
    after = claims(visitor, visitor.exchange(returned(visitor.answer_code(page))["code"]).get_json()["id_token"])
    assert after["sid"] == before["sid"]
    assert after["acr"] == "aal2"


def test_who_proved_it_is_not_asked_again(visitor: Visitor) -> None:
    stepped_up(visitor)
    for wish in ("aal2", "aal1", "aal1 aal2", "unheard-of"):
        assert "code" in returned(visitor.ask(acr_values=wish)), wish


def test_insisting_on_a_fresh_sign_in_asks_for_both_proofs(visitor: Visitor) -> None:
    stepped_up(visitor)
    for changes in ({"prompt": "login"}, {"max_age": "0"}):
        page = visitor.ask(acr_values="aal2", **changes)
        assert 'name="password"' in page.text
        assert 'name="one_time_code"' in visitor.answer(page).text


def test_the_id_in_the_browser_changes_with_the_proof(visitor: Visitor) -> None:
    page = visitor.answer(visitor.ask(acr_values="aal2"))
    before = visitor.browser.get_cookie(SESSION_COOKIE)
    visitor.answer_code(page)
    after = visitor.browser.get_cookie(SESSION_COOKIE)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert visitor.provider.sessions.find(before.value) is None


def test_a_code_proves_once(visitor: Visitor) -> None:
    shown = visitor.shown()
    first = visitor.answer_code(visitor.answer(visitor.ask(acr_values="aal2")), shown)
    assert "code" in returned(first)
    other = visitor_of(visitor.provider)
    again = other.answer_code(other.answer(other.ask(acr_values="aal2")), shown)
    assert again.status_code == 401
    assert "used already" in again.text


def test_a_code_of_the_step_before_is_no_good_after_a_later_one(visitor: Visitor) -> None:
    visitor.answer_code(visitor.answer(visitor.ask(acr_values="aal2")), visitor.shown(steps=1))
    codes = visitor.provider.one_time_codes
    assert not codes.proves("carl-caseworker", visitor.shown())
    assert codes.proves("tess-teamlead", visitor.shown("tess-teamlead")), "everybody has their own"


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_wrong(tmp_path: Path, steps: int, good: bool) -> None:
    codes = OneTimeCodes(tmp_path, clock=lambda: 1_000_000.0)
    shown = code_at(secret_of(tmp_path, "ada-agent"), step_at(1_000_000) + steps)
    assert codes.proves("ada-agent", shown) is good


@pytest.mark.parametrize("code", ["", "000000x", "12345", "1234567", "\N{ARABIC-INDIC DIGIT ONE}" * 6, "é", " "])
def test_what_is_no_code_proves_nothing(visitor: Visitor, code: str) -> None:
    answer = visitor.answer_code(visitor.answer(visitor.ask(acr_values="aal2")), code)
    assert answer.status_code == 401
    assert "Location" not in answer.headers


def test_guessing_codes_ends_the_session(visitor: Visitor) -> None:
    page = visitor.answer(visitor.ask(acr_values="aal2"))
    for _ in range(MOST_WRONG_CODES):
        assert visitor.answer_code(page, "wrong").status_code == 401
    assert visitor.answer_code(page).status_code == 403, "even the right one, now"
    assert 'name="password"' in visitor.ask().text


def test_the_page_for_a_code_proves_nothing_for_another_session_or_request(visitor: Visitor) -> None:
    page = visitor.answer(visitor.ask(acr_values="aal2"))
    mark = re.search(r'name="mark" value="([0-9a-f]{64})"', page.text)
    assert mark is not None
    form = {"mark": mark[1], "one_time_code": visitor.shown()}
    elsewhere = visitor.question(acr_values="aal2", state="another")
    assert visitor.browser.post("/authorize", query_string=elsewhere, data=form).status_code == 403
    visitor.answer(visitor.ask(prompt="login"), "tess-teamlead")
    assert visitor.answer_code(page, visitor.shown("tess-teamlead")).status_code == 403


def test_a_password_forms_mark_cannot_skip_the_password(visitor: Visitor) -> None:
    page = visitor.ask(acr_values="aal2")
    mark = re.search(r'name="mark" value="([0-9a-f]{64})"', page.text)
    assert mark is not None
    form = {"mark": mark[1], "one_time_code": visitor.shown()}
    answer = visitor.browser.post("/authorize", query_string=visitor.question(acr_values="aal2"), data=form)
    assert answer.status_code == 403


def test_asking_silently_for_more_than_was_proven_shows_no_page(visitor: Visitor) -> None:
    visitor.tokens()
    assert returned(visitor.ask(prompt="none", acr_values="aal2"))["error"] == "login_required"
    assert "code" in returned(visitor.ask(prompt="none"))


def test_codes_may_be_used_again_where_a_setting_says_so(settings: Settings) -> None:
    visitor = visitor_of(make_provider(replace(settings, codes_once=False)))
    shown = visitor.shown()
    assert all(visitor.provider.one_time_codes.proves("carl-caseworker", shown) for _ in range(3))


def test_the_first_wish_that_exists_counts() -> None:
    assert [wanted(wish) for wish in (None, "", "x", "aal2", "x aal2 aal1", "aal1 aal2")] == [
        "aal1", "aal1", "aal1", "aal2", "aal2", "aal1",
    ]  # fmt: skip
    assert reaches("aal2", "aal1")
    assert not reaches("aal1", "aal2")


def test_an_app_takes_the_secret_as_an_address() -> None:
    address = app_address(RFC_SECRET, person="ada-agent", issuer="Tellus")
    assert address == "otpauth://totp/Tellus:ada-agent?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tellus&period=30"
