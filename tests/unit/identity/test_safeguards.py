"""The provider starts only where it is safe, and answers only who may ask."""

from dataclasses import replace

import pytest

from deploy.local.environment import SettingUnusable
from deploy.local.identity.safeguards import NotForHere, refuse_unless_local
from deploy.local.identity.settings import Settings
from tests.support.identity import Visitor


@pytest.mark.parametrize("flag", [None, "", "no", "YES", "true", "1"])
def test_without_the_development_flag_it_refuses_and_says_why(flag: str | None) -> None:
    settings = Settings.from_environment({} if flag is None else {"IDENTITY_DEVELOPMENT": flag})
    with pytest.raises(NotForHere, match="set IDENTITY_DEVELOPMENT=yes"):
        refuse_unless_local(settings)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.4", "10.0.0.1", "example.org", "127.0.0.1.evil.example", "", "2130706433"]
)
def test_off_loopback_it_refuses_and_says_why(settings: Settings, host: str) -> None:
    with pytest.raises(NotForHere, match="IDENTITY_HOST names"):
        refuse_unless_local(replace(settings, host=host))


def test_an_issuer_off_loopback_is_refused_too(settings: Settings) -> None:
    with pytest.raises(NotForHere, match=r"IDENTITY_ISSUER names 'login\.example\.org'"):
        refuse_unless_local(replace(settings, issuer="https://login.example.org"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_on_loopback_with_the_flag_it_starts(host: str) -> None:
    refuse_unless_local(Settings.from_environment({"IDENTITY_DEVELOPMENT": "yes", "IDENTITY_HOST": host}))


def test_ports_and_folders_follow_the_instance() -> None:
    settings = Settings.from_environment({"TELLUS_BASE_PORT": "28000", "TELLUS_RUN_DIR": "/srv/x"})
    assert (settings.port, settings.issuer, settings.gateway) == (
        28010,
        "http://127.0.0.1:28010",
        "http://127.0.0.1:28000",
    )
    assert str(settings.keys_dir) == "/srv/x/identity"
    assert str(settings.secrets_dir) == "/srv/x/secrets"


@pytest.mark.parametrize("value", ["", "x", "-1", "0", "1.5", "٣"])
def test_a_number_that_is_none_is_reported_by_name(value: str) -> None:
    with pytest.raises(SettingUnusable, match=r"IDENTITY_TOKEN_LIFE_SECONDS is .* whole number"):
        Settings.from_environment({"IDENTITY_TOKEN_LIFE_SECONDS": value})


def test_keys_must_outlive_tokens() -> None:
    with pytest.raises(SettingUnusable, match="tokens would outlive the key"):
        Settings.from_environment({"IDENTITY_TOKEN_LIFE_SECONDS": "900", "IDENTITY_PUBLISH_RETIRED_SECONDS": "800"})


def test_another_sites_name_for_this_machine_is_not_answered(visitor: Visitor) -> None:
    for path in ("/jwks", "/", "/authorize", "/healthz"):
        assert visitor.browser.get(path, headers={"Host": "rebound.evil.example:18010"}).status_code == 400


def test_only_registered_pages_may_read_answers_from_a_browser(visitor: Visitor) -> None:
    ours = visitor.browser.get("/jwks", headers={"Origin": "http://127.0.0.1:18000"})
    assert ours.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:18000"
    for origin in ("http://evil.example", "http://127.0.0.1:18000.evil.example", "null"):
        theirs = visitor.browser.post("/token", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in theirs.headers
    page = visitor.browser.get("/", headers={"Origin": "http://127.0.0.1:18000"})
    assert "Access-Control-Allow-Origin" not in page.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/token", 405), ("DELETE", "/jwks", 405), ("GET", "/nowhere", 404), ("GET", "/admin", 404)],
)
def test_what_does_not_exist_is_said_plainly(visitor: Visitor, method: str, path: str, status: int) -> None:
    assert visitor.browser.open(path, method=method).status_code == status


def test_oversized_requests_are_refused(visitor: Visitor) -> None:
    assert visitor.browser.post("/token", data={"code": "x" * 100_000}).status_code == 413
    assert visitor.ask(state="x" * 5000).status_code == 414


def test_every_answer_is_guarded(visitor: Visitor) -> None:
    for path in ("/", "/jwks", "/nowhere", "/authorize"):
        headers = visitor.browser.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"


def test_names_passwords_and_codes_are_not_logged(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    tokens = visitor.tokens("cleo-citizen")
    written = "".join(capsys.readouterr())
    assert "route=/token" in written
    for secret in ("cleo-citizen", visitor.provider.password, tokens["access_token"], "the state", "code="):
        assert secret not in written
