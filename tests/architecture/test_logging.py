"""A log line is a fixed word and allowed fields: nothing is woven into its text, nothing is dropped when it is written."""

import ast
from typing import Final

from shared.observability.logs import ALLOWED
from tests.architecture.sources import Source, calls, sources

LEVELS: Final = ("debug", "info", "warning", "error", "critical", "exception")
CALLS: Final = [
    (source, call)
    for source in sources()
    if source.path.startswith(("services/", "shared/"))
    for call, called in calls(source)
    if called in {f"log.{level}" for level in LEVELS}
]


def where(found: list[tuple[Source, ast.Call]]) -> list[str]:
    return [f"{source.at(call)}: {ast.unparse(call)[:100]}" for source, call in found]


def test_there_are_log_lines_to_look_at() -> None:
    assert len(CALLS) > 20


def test_the_text_of_a_line_is_a_fixed_word() -> None:
    woven = [
        (source, call)
        for source, call in CALLS
        if len(call.args) != 1 or not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
    ]
    assert where(woven) == []


def test_fields_are_named_one_by_one_and_allowed() -> None:
    given = ALLOWED | {"exc_info"}
    dropped = [(source, call) for source, call in CALLS if any(keyword.arg not in given for keyword in call.keywords)]
    assert where(dropped) == []


def test_a_service_names_its_logger_log() -> None:
    others = [
        source.at(call)
        for source in sources()
        if source.path.startswith(("services/", "shared/")) and source.path != "shared/observability/logs.py"
        for call, called in calls(source)
        if called == "structlog.get_logger" and "\nlog = structlog.get_logger()" not in source.text
    ]
    assert others == []
