"""What is sealed is read by us alone, for what it was sealed for, under any key that still counts."""

import base64
import json

import pytest

from services.gateway.sessions.agents import family_of
from services.gateway.sessions.sealing import Seal, SealBroken, SealKeysUnusable

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


def test_a_key_may_change_while_what_it_sealed_is_kept() -> None:
    sealed = Seal({"old": OLD}).seal(b"token", "refresh 1")
    both = Seal({"new": NEW, "old": OLD})

    assert both.open(sealed, "refresh 1") == b"token"
    assert Seal({"new": NEW}).open(both.seal(b"token", "refresh 1"), "refresh 1") == b"token"
    with pytest.raises(SealBroken):
        Seal({"new": NEW}).open(sealed, "refresh 1")


def test_what_is_sealed_for_one_session_opens_for_no_other() -> None:
    seal = Seal({"1": OLD})
    with pytest.raises(SealBroken):
        seal.open(seal.seal(b"token", "refresh 1"), "refresh 2")


def test_the_same_content_never_looks_the_same() -> None:
    seal = Seal({"1": OLD})
    assert len({seal.seal(b"token", "x") for _ in range(100)}) == 100


def test_any_changed_byte_breaks_it() -> None:
    seal = Seal({"1": OLD})
    sealed = seal.seal(b"token", "x")
    for at in range(len(sealed)):
        with pytest.raises(SealBroken):
            seal.open(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], "x")
    for short in range(len(sealed)):
        with pytest.raises(SealBroken):
            seal.open(sealed[:short], "x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '"x"',
        '{"1": 1}',
        '{"1": "not base64!"}',
        '{"1": "c2hvcnQ="}',
        json.dumps({"x" * 33: base64.b64encode(OLD).decode()}),
        json.dumps({"": base64.b64encode(OLD).decode()}),
        json.dumps({"\u00e9": base64.b64encode(OLD).decode()}),
    ],
)
def test_a_setting_that_holds_no_keys_is_refused(text: str) -> None:
    with pytest.raises((SealKeysUnusable, UnicodeEncodeError)):
        Seal.from_setting(text)


@pytest.mark.parametrize(
    ("told", "family"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox"),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36", "chrome"),
        ("Mozilla/5.0 AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "edge"),
        ("Mozilla/5.0 AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "safari"),
        ("curl/8.0", "other"),
        ("", "other"),
        (None, "other"),
        ("x" * 100_000, "other"),
    ],
)
def test_a_browser_is_told_by_its_family_alone(told: str | None, family: str) -> None:
    assert family_of(told) == family
