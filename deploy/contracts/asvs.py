"""What is met of OWASP ASVS, as a page: `python -m deploy.contracts.asvs > docs/asvs.md`."""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict

Status = Literal["met", "partly", "not_met", "not_applicable"]
ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = ROOT / "docs" / "asvs.yaml"
IN_WORDS: Final[dict[Status, str]] = {
    "met": "met",
    "partly": "partly",
    "not_met": "not met",
    "not_applicable": "not applicable",
}
CHAPTERS: Final = {
    1: "Encoding and sanitisation",
    2: "Validation and business logic",
    3: "Web front ends",
    4: "APIs and web services",
    5: "Files",
    6: "Authentication",
    7: "Sessions",
    8: "Authorisation",
    9: "Self-contained tokens",
    10: "OAuth and OpenID Connect",
    11: "Cryptography",
    12: "Secure communication",
    13: "Configuration",
    14: "Data protection",
    15: "Secure coding and architecture",
    16: "Logs and errors",
    17: "WebRTC",
}


class Item(BaseModel):
    """What is done about one requirement."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asks: str
    status: Status
    where: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    remark: str = ""


class Assessment(BaseModel):
    """All requirements of the two levels, and what is done about each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    standard: str
    levels: dict[int, tuple[tuple[str, ...], ...]]
    items: dict[str, Item]

    def level_of(self) -> dict[str, int]:
        """At which level each requirement begins."""
        return {id: level for level, chapters in self.levels.items() for ids in chapters for id in ids}


@cache
def assessment() -> Assessment:
    """The assessment as it is written in docs/asvs.yaml."""
    return Assessment.model_validate(yaml.safe_load(SOURCE.read_text()))


def page(assessed: Assessment) -> str:
    """The whole page."""
    return "\n".join((*_head(assessed), *_chapters(assessed)))


def _head(assessed: Assessment) -> Iterator[str]:
    level_of = assessed.level_of()
    counted = Counter((level_of[id], item.status) for id, item in assessed.items.items())
    yield f"# {assessed.standard}, levels 1 and 2"
    yield ""
    yield "What Tellus does about each requirement, where, and which test shows it; beside it, the [threat"
    yield "model](threat-model.md). The middle column is a reminder in our words: the requirement itself is in the standard."
    yield "`met` is said only where the tests show it. Written in `docs/asvs.yaml`; this page is made of it by"
    yield "`python -m deploy.contracts.asvs`, and `tests/architecture/test_asvs.py` holds both to the code."
    yield ""
    yield f"| | {' | '.join(IN_WORDS.values())} | all |"
    yield "|---|---|---|---|---|---|"
    for level in sorted(assessed.levels):
        yield _row(f"level {level}", [counted[level, status] for status in IN_WORDS])
    yield _row("both", [sum(counted[level, status] for level in assessed.levels) for status in IN_WORDS])
    yield ""


def _row(name: str, counts: list[int]) -> str:
    return f"| {name} | {' | '.join(map(str, counts))} | {sum(counts)} |"


def _chapters(assessed: Assessment) -> Iterator[str]:
    level_of = assessed.level_of()
    for number, name in CHAPTERS.items():
        yield f"## {number}. {name}"
        yield ""
        yield "| | level | what it asks | status | where | shown by | remark |"
        yield "|---|---|---|---|---|---|---|"
        for id, item in assessed.items.items():
            if id.startswith(f"{number}."):
                said = (id, str(level_of[id]), item.asks, IN_WORDS[item.status], _listed(item.where))
                yield f"| {' | '.join((*said, _listed(map(_short, item.tests)), item.remark))} |"
        yield ""


def _listed(names: Iterable[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names)


def _short(test: str) -> str:
    return re.sub(r"^tests/", "", test)


if __name__ == "__main__":
    sys.stdout.write(page(assessment()))
