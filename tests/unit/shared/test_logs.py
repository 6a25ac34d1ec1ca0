"""What is not on the list does not reach the log, whichever way somebody tries to get it there."""

import json
import os
import subprocess
import sys
from typing import Any, Final

import pytest

from shared.observability.logs import ALLOWED, only_allowed
from tests.architecture.sources import ROOT

CANARIES: Final = ("Siân Canary", "canary@example.org", "+44 20 7946 0958", "12 Canary Row", "QQ123456C")
SCRIPT: Final = """
import logging, sys
import structlog
from shared.observability import logs

logs.configure("test")
name, email, phone, address, number = sys.argv[1:]
log = structlog.get_logger()
log.info("by_keyword", full_name=name, email=email, phone=phone, home_address=address, national_id=number)
log.info("by_nesting", contact={"name": name}, payload=[email], request={"phone": phone})
log.bind(person=name, recipient=email).warning("by_binding", actor="018f", count=3)
try:
    raise ValueError(f"row for {name} <{email}> at {address}")
except ValueError:
    log.exception("by_exception")
    log.error("by_exc_info", exc_info=sys.exc_info())
try:
    raise KeyError(phone) from RuntimeError(number)
except KeyError as error:
    log.error("by_cause", exc_info=error)
library = logging.getLogger("some.driver")
library.warning("could not store %s for %s", name, email)
library.error(f"bad row {address}", extra={"row": number})
try:
    raise OSError(name)
except OSError:
    library.exception("failed with %s", phone)
library.info("below the level: %s", name)
log.debug("below_the_level", count=1)
"""


@pytest.fixture(scope="module")
def lines() -> dict[str, list[dict[str, Any]]]:
    """What a process writes when it is given personal data in every way, by event."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *CANARIES],
        cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    found: dict[str, list[dict[str, Any]]] = {"": [{"text": done.stdout}]}
    for line in done.stdout.splitlines():
        entry = json.loads(line)
        found.setdefault(entry["event"], []).append(entry)
    return found


@pytest.mark.parametrize("canary", CANARIES)
def test_no_personal_data_reaches_the_log(lines: dict[str, list[dict[str, Any]]], canary: str) -> None:
    text = lines[""][0]["text"]
    assert canary not in text
    assert json.dumps(canary).strip('"') not in text


def test_every_line_was_written_all_the_same(lines: dict[str, list[dict[str, Any]]]) -> None:
    assert {event: len(entries) for event, entries in lines.items() if event} == {
        "by_keyword": 1, "by_nesting": 1, "by_binding": 1, "by_exception": 1, "by_exc_info": 1, "by_cause": 1,
        "library": 3,
    }  # fmt: skip


def test_a_line_says_which_of_its_fields_were_dropped(lines: dict[str, list[dict[str, Any]]]) -> None:
    assert lines["by_keyword"][0]["missing"] == ["email", "full_name", "home_address", "national_id", "phone"]


def test_what_is_allowed_arrives(lines: dict[str, list[dict[str, Any]]]) -> None:
    entry = lines["by_binding"][0]
    assert (entry["actor"], entry["count"], entry["level"], entry["process"]) == ("018f", 3, "warning", "test")
    assert entry["timestamp"].endswith("Z")


def test_an_exception_says_its_kind_and_its_place_and_nothing_it_was_told(
    lines: dict[str, list[dict[str, Any]]],
) -> None:
    for event, kind in (("by_exception", "ValueError"), ("by_exc_info", "ValueError"), ("by_cause", "KeyError")):
        exception = lines[event][0]["exception"]
        assert set(exception) == {"kind", "at"}
        assert exception["kind"] == kind
        assert exception["at"]


def test_a_library_is_named_and_not_quoted(lines: dict[str, list[dict[str, Any]]]) -> None:
    assert {entry["logger"] for entry in lines["library"]} == {"some.driver"}
    assert [entry["level"] for entry in lines["library"]] == ["warning", "error", "error"]
    assert [entry["error"] for entry in lines["library"]] == [None, None, "OSError"]


def test_a_line_of_allowed_fields_stays_as_it_is() -> None:
    assert only_allowed(None, "", {"event": "call", "count": 1}) == {"event": "call", "count": 1}


def test_no_allowed_field_sounds_like_a_person() -> None:
    assert not ALLOWED & {"email", "phone", "title", "body", "text", "recipient", "contact", "user", "token", "value"}
