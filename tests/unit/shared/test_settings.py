"""Settings are read once; what is missing or wrong is named, and its value never shown."""

from pathlib import Path

import pytest

from shared.settings import SECRETS_DIRECTORY, Settings, read

CANARY = "canary-7f3a-secret"
GOOD = {
    "CASES_DATABASE_URL": f"postgresql://cases:{CANARY}@localhost/cases",
    "CASES_AMQP_URL": f"amqp://cases:{CANARY}@localhost/tellus",
    "CASES_TRANSACTION_KEYS": "keys.json",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRETS_DIRECTORY, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def said_by(prefix: str = "cases") -> str:
    with pytest.raises(SystemExit) as refused:
        read(Settings, prefix)
    return str(refused.value.code)


def test_settings_come_from_the_environment_under_the_services_prefix() -> None:
    settings = read(Settings, "cases")
    assert settings.database_url.get_secret_value() == GOOD["CASES_DATABASE_URL"]
    assert settings.transaction_keys == Path("keys.json")


def test_another_services_settings_are_not_ours() -> None:
    assert "CONTACTS_DATABASE_URL" in said_by("contacts")


def test_every_missing_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        monkeypatch.delenv(name)
    said = said_by()
    assert [name for name in GOOD if name in said] == list(GOOD)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CASES_WORKERS", CANARY),
        ("CASES_WORKERS", "0"),
        ("CASES_HEALTH_PORT", "65536"),
        ("CASES_GRACE_SECONDS", "-1"),
        ("CASES_STATEMENT_TIMEOUT_MS", f"5{CANARY}"),
    ],
)
def test_a_wrong_setting_is_named_and_no_value_is_shown(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    said = said_by()
    assert name in said
    assert CANARY not in said


def test_a_secret_may_be_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CASES_DATABASE_URL")
    (tmp_path / "cases_database_url").write_text(f"postgresql://from-a-file:{CANARY}@localhost/cases\n")
    monkeypatch.setenv(SECRETS_DIRECTORY, str(tmp_path))
    assert read(Settings, "cases").database_url.get_secret_value().startswith("postgresql://from-a-file:")


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = read(Settings, "cases")
    assert CANARY not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"


def test_settings_do_not_change_once_read() -> None:
    settings = read(Settings, "cases")
    with pytest.raises(ValueError, match="frozen"):
        settings.workers = 9  # type: ignore[misc]


def test_what_is_given_by_hand_wins() -> None:
    assert read(Settings, "cases", workers=3).workers == 3
