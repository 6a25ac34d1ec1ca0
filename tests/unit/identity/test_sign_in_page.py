"""The sign-in page lets the right person in, and tells a wrong one nothing."""

import re

import pytest

from deploy.local.identity.cookies import BROWSER_COOKIE, SESSION_COOKIE
from deploy.local.identity.people import Person
from deploy.local.identity.sessions import MOST_SESSIONS, SESSION_LIFE, Sessions
from tests.support.identity import Visitor, returned, visitor_of


def person() -> Person:
    return Person(name="ada-agent", roles=("agent",), department="city", about="")


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(visitor: Visitor) -> None:
    wrong = visitor.answer(visitor.ask(), password="wrong")
    unknown = visitor.answer(visitor.ask(), person="nobody")
    assert wrong.status_code == unknown.status_code == 401
    problems = [re.findall(r'role="alert"[^>]*>([^<]+)<', page.text) for page in (wrong, unknown)]
    assert problems[0] == problems[1] != []
    assert SESSION_COOKIE not in wrong.headers.get("Set-Cookie", "")


def test_the_password_is_never_in_a_page(visitor: Visitor) -> None:
    assert visitor.provider.password not in visitor.ask().text
    assert "typed-by-mistake" not in visitor.answer(visitor.ask(), password="typed-by-mistake").text


def test_a_form_from_another_browser_is_refused(visitor: Visitor) -> None:
    page = visitor.ask()
    victim = visitor_of(visitor.provider)
    answer = victim.answer(page)
    assert answer.status_code == 403
    assert "Location" not in answer.headers


def test_a_form_for_another_request_is_refused(visitor: Visitor) -> None:
    mark = re.search(r'name="mark" value="([0-9a-f]{64})"', visitor.ask().text)
    assert mark is not None
    form = {"mark": mark[1], "person": "carl-caseworker", "password": visitor.provider.password}
    answer = visitor.browser.post("/authorize", query_string=visitor.question(state="other"), data=form)
    assert answer.status_code == 403


@pytest.mark.parametrize("mark", ["", "0" * 64, "é", "\N{SNOWMAN}"])
def test_a_form_without_the_pages_mark_is_refused(visitor: Visitor, mark: str) -> None:
    visitor.ask()
    form = {"mark": mark, "person": "carl-caseworker", "password": visitor.provider.password}
    assert visitor.browser.post("/authorize", query_string=visitor.question(), data=form).status_code == 403


def test_the_page_can_be_used_without_eyes_or_mouse(visitor: Visitor) -> None:
    page = visitor.ask().text
    assert '<html lang="en">' in page
    for field in ("person", "password"):
        assert f'<label for="{field}">' in page
        assert f'id="{field}"' in page
    assert "<h1>" in page
    failed = visitor.answer(visitor.ask(), password="wrong").text
    assert 'role="alert"' in failed
    assert "<title>Error: " in failed


def test_the_page_loads_nothing_from_elsewhere_and_cannot_be_framed(visitor: Visitor) -> None:
    answer = visitor.ask()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:18000" in policy
    assert not re.search(r'(src|href)="(https?:)?//', answer.text)
    assert "<script" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["state", "nonce", "login_hint"])
def test_what_the_client_sent_cannot_become_markup(visitor: Visitor, name: str) -> None:
    page = visitor.ask(**{name: '"><script>alert(1)</script>'})
    assert page.status_code == 200
    assert "<script" not in page.text


def test_a_hint_chooses_the_person(visitor: Visitor) -> None:
    assert '<option value="dana-decision-maker" selected>' in visitor.ask(login_hint="dana-decision-maker").text


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(visitor: Visitor) -> None:
    asked = visitor.ask()
    answered = visitor.answer(asked)
    for response, name, site in ((asked, BROWSER_COOKIE, "Strict"), (answered, SESSION_COOKIE, "Lax")):
        cookie = next(value for value in response.headers.getlist("Set-Cookie") if value.startswith(name))
        assert "HttpOnly" in cookie
        assert f"SameSite={site}" in cookie


def test_who_is_signed_in_is_not_asked_again(visitor: Visitor) -> None:
    visitor.answer(visitor.ask())
    assert "code" in returned(visitor.ask(state="second"))


@pytest.mark.parametrize("prompt", ["login", "select_account"])
def test_a_client_can_insist_on_a_fresh_sign_in(visitor: Visitor, prompt: str) -> None:
    visitor.answer(visitor.ask())
    page = visitor.ask(prompt=prompt)
    assert page.status_code == 200
    assert "code" in returned(visitor.answer(page, "tess-teamlead"))


def test_a_sign_in_older_than_the_client_allows_is_not_enough() -> None:
    now = [10_000.0]
    sessions = Sessions(clock=lambda: now[0])
    session, _ = sessions.open(person())
    now[0] += 100
    assert sessions.find(session, not_older_than=100) is not None
    assert sessions.find(session, not_older_than=99) is None
    now[0] += SESSION_LIFE
    assert sessions.find(session) is None


def test_asking_silently_never_shows_a_page(visitor: Visitor) -> None:
    answer = returned(visitor.ask(prompt="none"))
    assert answer["error"] == "login_required"
    assert answer["state"] == "the state"


def test_a_planted_session_id_opens_nothing(visitor: Visitor) -> None:
    visitor.browser.set_cookie(SESSION_COOKIE, "planted")
    answer = visitor.answer(visitor.ask())
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(SESSION_COOKIE))
    assert "planted" not in cookie
    assert visitor.provider.sessions.find("planted") is None


def test_sessions_are_limited_in_number() -> None:
    sessions = Sessions()
    first, _ = sessions.open(person())
    opened = [sessions.open(person())[0] for _ in range(MOST_SESSIONS)]
    assert sessions.find(first) is None
    assert sessions.find(opened[-1]) is not None


def test_signing_out_asks_a_person_who_came_by_a_plain_link(visitor: Visitor) -> None:
    visitor.answer(visitor.ask())
    page = visitor.browser.get("/end-session")
    assert "Sign out?" in page.text
    assert "code" in returned(visitor.ask()), "the session goes on until the person says so"
    mark = re.search(r'name="mark" value="([0-9a-f]{64})"', page.text)
    assert mark is not None
    assert "signed out" in visitor.browser.post("/end-session", data={"mark": mark[1]}).text
    assert visitor.ask().status_code == 200


def test_signing_out_without_the_pages_mark_ends_nothing(visitor: Visitor) -> None:
    visitor.answer(visitor.ask())
    visitor.browser.post("/end-session", data={"mark": "0" * 64})
    assert "code" in returned(visitor.ask())


def test_a_client_with_the_id_token_signs_out_at_once_and_gets_the_person_back(visitor: Visitor) -> None:
    token = visitor.tokens()["id_token"]
    back = "http://127.0.0.1:18000/docs"
    wish = {"id_token_hint": token, "post_logout_redirect_uri": back, "state": "s"}
    answer = visitor.browser.get("/end-session", query_string=wish)
    assert answer.status_code == 303
    assert answer.location == f"{back}?state=s"
    assert visitor.ask().status_code == 200


def test_signing_out_never_goes_to_an_address_that_is_not_registered(visitor: Visitor) -> None:
    token = visitor.tokens()["id_token"]
    wish = {"id_token_hint": token, "post_logout_redirect_uri": "http://evil.example/"}
    answer = visitor.browser.get("/end-session", query_string=wish)
    assert answer.status_code == 200
    assert "Location" not in answer.headers


def test_a_forged_id_token_signs_nobody_out(visitor: Visitor) -> None:
    token = visitor.tokens()["id_token"]
    forged = token[:-8] + ("AAAAAAAA" if not token.endswith("AAAAAAAA") else "BBBBBBBB")
    assert visitor.browser.get("/end-session", query_string={"id_token_hint": forged}).status_code == 400
    assert "code" in returned(visitor.ask())


def test_somebody_elses_id_token_signs_nobody_out(visitor: Visitor) -> None:
    token = visitor_of(visitor.provider).tokens("cleo-citizen")["id_token"]
    visitor.answer(visitor.ask(), "carl-caseworker")
    assert "Sign out?" in visitor.browser.get("/end-session", query_string={"id_token_hint": token}).text
    assert "code" in returned(visitor.ask())


def test_signing_in_again_ends_the_session_before(visitor: Visitor) -> None:
    visitor.answer(visitor.ask())
    cookie = visitor.browser.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    assert visitor.provider.sessions.find(cookie.value) is not None
    visitor.answer(visitor.ask(prompt="login"), "tess-teamlead")
    assert visitor.provider.sessions.find(cookie.value) is None
