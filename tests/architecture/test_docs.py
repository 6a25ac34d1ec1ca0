"""Pages for people name only what exists: files, make targets, commands, tests and metrics."""

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from typer.main import get_command

from tellus.main import app
from tests.architecture.sources import ROOT, sources

RUNBOOKS: Final = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
DECISIONS: Final = sorted((ROOT / "docs" / "adr").glob("*.md"))
ROOMS: Final = sorted((ROOT / "services").glob("*/README.md"))
FRONT: Final = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")]
PAGES: Final = [*FRONT, ROOT / "docs" / "glossary.md", *DECISIONS, *RUNBOOKS]
HEADINGS: Final = ["Owns", "Answers", "Hears", "Tells", "Stores", "Runs"]
SERVICES: Final = {"contacts", "cases", "notifications", "audit", "gateway"}
METRIC: Final = re.compile(r"\btellus_[a-z_]+")
MADE_WHILE_RUNNING: Final = {"docs/benchmarks.md": "written by make bench"}
DATABASES: Final = {f"tellus_{service}" for service in SERVICES}
TOP: Final = ("services", "shared", "tellus", "deploy", "docs", "tests", "requirements")
PATH: Final = re.compile(rf"`((?:{'|'.join(TOP)})/[^`\s<>]*|[A-Za-z.]+\.(?:md|toml|yml))`")
LINK: Final = re.compile(r"\]\(([^)#:]+)\)")
MODULE: Final = re.compile(rf"python -m ((?:{'|'.join(TOP)})(?:\.\w+)+)")
ATTRIBUTE: Final = re.compile(r"`(test_\w+)`")
COMMAND: Final = re.compile(r"\btellus ((?:[a-z]+)(?: [a-z]+)?)")
TARGET: Final = re.compile(r"\bmake ([a-z]+)\b")


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def code(page: Path) -> str:
    """What stands in backquotes or is indented as code: there a name is meant as a name."""
    text = page.read_text()
    inline = re.findall(r"`[^`]+`", text)
    blocks = [line for line in text.splitlines() if line.startswith("    ")]
    return "\n".join([*inline, *blocks])


@cache
def in_repository() -> frozenset[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    files = [name for name in listed.split("\0") if name]
    folders = {str(parent) for name in files for parent in Path(name).parents}
    return frozenset(files) | folders


@cache
def targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@cache
def commands() -> frozenset[str]:
    group = get_command(app)
    found = set()
    for name in group.list_commands(None):  # type: ignore[attr-defined]
        found.add(name)
        command = group.get_command(None, name)  # type: ignore[attr-defined]
        found |= {f"{name} {part}" for part in getattr(command, "commands", {})}
    return frozenset(found)


@cache
def metrics() -> frozenset[str]:
    """The names under which something is measured, read from the source."""
    return frozenset(
        name
        for source in sources()
        for name in re.findall(r"(?:Counter|Gauge|Histogram)\(\s*\"(tellus_[a-z_]+)\"", source.text)
    )


@cache
def known_tests() -> frozenset[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    return frozenset(
        name
        for file in files
        for name in [file.name, *re.findall(r"^(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE)]
    )


@pytest.mark.parametrize("page", [*PAGES, *ROOMS], ids=named)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    said = [path.rstrip("/") for path in PATH.findall(page.read_text()) if not re.search(r"[*{}]|NNNN", path)]
    missing = {path for path in said if path not in in_repository() and not (page.parent / path).exists()}
    assert missing - MADE_WHILE_RUNNING.keys() == set()


@pytest.mark.parametrize("page", [*PAGES, *ROOMS], ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [*PAGES, *ROOMS], ids=named)
def test_every_module_that_is_to_be_run_is_there(page: Path) -> None:
    said = {module.replace(".", "/") for module in MODULE.findall(page.read_text())}
    assert {path for path in said if not {f"{path}.py", f"{path}/__main__.py"} & in_repository()} == set()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_that_a_page_names_is_there(page: Path) -> None:
    assert set(TARGET.findall(code(page))) - targets() == set()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_that_a_page_names_is_there(page: Path) -> None:
    said = COMMAND.findall(code(page))
    unknown = {name for name in said if name not in commands() and name.split()[0] not in _plain_commands()}
    assert unknown == set()


def _plain_commands() -> set[str]:
    """Commands that take an argument, not a command of their own."""
    return {name for name in commands() if not any(other.startswith(f"{name} ") for other in commands())}


@pytest.mark.parametrize("command", sorted(commands()))
def test_the_front_page_names_every_command(command: str) -> None:
    if command in _plain_commands() or " " in command:
        assert f"tellus {command}" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("target", sorted(targets()))
def test_every_make_target_is_explained_to_contributors(target: str) -> None:
    assert f"`make {target}`" in (ROOT / "CONTRIBUTING.md").read_text()


@pytest.mark.parametrize("page", [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *DECISIONS], ids=named)
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    examples = {"test_an_illegal_step_names_the_legal_ones"}
    assert set(ATTRIBUTE.findall(page.read_text())) - known_tests() - examples == set()


@pytest.mark.parametrize("page", [*RUNBOOKS, *ROOMS, *DECISIONS], ids=named)
def test_every_metric_that_somebody_is_told_to_watch_exists(page: Path) -> None:
    said = set(METRIC.findall(page.read_text())) - DATABASES
    assert said - metrics() == set()


def test_every_service_introduces_itself() -> None:
    assert {page.parent.name for page in ROOMS} == SERVICES


@pytest.mark.parametrize("page", ROOMS, ids=named)
def test_every_service_introduces_itself_under_the_same_six_headings(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)
    assert headings[: len(HEADINGS)] == HEADINGS


@pytest.mark.parametrize("page", [page for page in RUNBOOKS if page.name != "README.md"], ids=named)
def test_every_runbook_is_listed_and_says_when_it_is_over(page: Path) -> None:
    assert f"({page.name})" in (page.parent / "README.md").read_text()
    headings = re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)
    assert headings == ["How it shows", "What it means", "What to do", "How you know it is over"]


@pytest.mark.parametrize("page", DECISIONS, ids=named)
def test_a_decision_is_one_page_with_one_line_to_quote(page: Path) -> None:
    text = page.read_text()
    assert text.startswith(f"# {page.name[:4]}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert len(re.findall(r"^> ", text, re.MULTILINE)) == 1
    assert len(text.splitlines()) <= 60


def test_decisions_are_numbered_without_holes() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
