"""What an assessor reads is true: every requirement has its row, and every file and test that it names is there."""

import ast
import re
from functools import cache
from typing import Final

import pytest
import yaml

from deploy.contracts.asvs import CHAPTERS, ROOT, Item, assessment, page

LEVELS: Final = {1: 70, 2: 183}
"""How many requirements of ASVS 5.0.0 begin at each level."""
THREATS: Final = ROOT / "docs" / "threat-model.md"
PATH: Final = re.compile(r"`((?:services|shared|tellus|deploy|docs|tests)/[^`\s:*]+|[\w.-]+\.yml)`")
TEST: Final = re.compile(r"`(tests/[\w/]+\.py::test_\w+)`")


@cache
def written_in(file: str) -> frozenset[str]:
    found = ast.parse((ROOT / file).read_text()).body
    return frozenset(one.name for one in found if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


def there(test: str) -> bool:
    file, _, name = test.partition("::")
    return (ROOT / file).is_file() and name.startswith("test_") and name in written_in(file)


def test_every_requirement_of_both_levels_stands_there_once() -> None:
    listed = [(id, level) for level, chapters in assessment().levels.items() for ids in chapters for id in ids]
    assert {level: sum(of == level for _, of in listed) for level in LEVELS} == LEVELS
    assert len({id for id, _ in listed}) == len(listed)
    assert sorted(assessment().items) == sorted(id for id, _ in listed)
    assert {int(id.split(".")[0]) for id, _ in listed} == set(CHAPTERS)


def test_no_requirement_is_written_twice() -> None:
    written = re.findall(r"^  (\d+\.\d+\.\d+):$", (ROOT / "docs" / "asvs.yaml").read_text(), re.MULTILINE)
    assert len(written) == len(set(written)) == len(assessment().items)


@pytest.mark.parametrize(("id", "item"), assessment().items.items(), ids=assessment().items)
def test_what_is_said_of_a_requirement_can_be_looked_up(id: str, item: Item) -> None:
    assert [name for name in item.where if not (ROOT / name).exists()] == []
    assert [test for test in item.tests if not there(test)] == []
    if item.status in ("met", "partly"):
        assert item.where, f"{id}: where?"
        assert item.tests, f"{id}: which test shows it?"
    if item.status != "met":
        assert item.remark, f"{id}: why?"


def test_the_page_is_made_of_what_is_written() -> None:
    assert (ROOT / "docs" / "asvs.md").read_text() == page(assessment()), (
        "run: python -m deploy.contracts.asvs > docs/asvs.md"
    )


def test_every_file_and_test_that_the_threat_model_names_is_there() -> None:
    text = THREATS.read_text()
    assert [name for name in PATH.findall(text) if not (ROOT / name).exists()] == []
    named = TEST.findall(text)
    assert len(named) > len(CHAPTERS)
    assert [test for test in named if not there(test)] == []


def test_every_secret_is_in_the_inventory_of_keys() -> None:
    """But addresses of stores and broker, which the page names together."""
    declared = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["secrets"].values()
    files = {one["file"].rpartition("/")[2] for one in declared}
    keys = {name for name in files if not name.endswith("_url")}
    assert {name for name in keys if f"`{name}`" not in (ROOT / "docs" / "keys.md").read_text()} == set()
    assert len(keys) > len(LEVELS)


def test_an_assessor_finds_both_pages() -> None:
    readme = (ROOT / "services" / "gateway" / "README.md").read_text()
    for link in ("../../docs/asvs.md", "../../docs/threat-model.md"):
        assert f"({link})" in readme
