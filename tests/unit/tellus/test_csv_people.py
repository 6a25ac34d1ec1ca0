"""Whatever a CSV file holds, each row is taken or named with its line and the reason in words."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tellus.csv_people import FileUnusable, Malformed, Person, read

HEADER = "name,email,phone,language,external_reference\n"


def rows(
    tmp_path: Path, content: str | bytes, columns: Mapping[str, str] | None = None, source: str = "old"
) -> list[Person | Malformed]:
    file = tmp_path / "people.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read(file, source=source, columns=columns or {}, department=None))


def only(found: list[Person | Malformed]) -> Malformed:
    (one,) = found
    assert isinstance(one, Malformed)
    return one


def test_a_row_becomes_a_person(tmp_path: Path) -> None:
    (person,) = rows(tmp_path, HEADER + ' Ann Example ,ann@example.org,,cy,"7, 8"\n')

    assert isinstance(person, Person)
    assert (person.line, dict(person.body)) == (
        2,
        {
            "name": "Ann Example",
            "email": "ann@example.org",
            "language": "cy",
            "external_reference": "7, 8",
            "source": "old",
        },
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfname,email\nSi\xc3\xa2n,a@example.org\n",
        b"name,email\r\nSi\xc3\xa2n,a@example.org\r\n",
        b'"name","email"\n"Si\xc3\xa2n","a@example.org"',
        b"name,email\n\n\nSi\xc3\xa2n,a@example.org\n\n",
        b"NAME, Email\nSi\xc3\xa2n,a@example.org\n",
    ],
    ids=["byte order mark", "CRLF", "quotes and no last line break", "blank lines", "a header in other letters"],
)
def test_the_ways_files_are_written_make_no_difference(tmp_path: Path, content: bytes) -> None:
    (person,) = rows(tmp_path, content)

    assert isinstance(person, Person)
    assert (person.body["name"], person.body["email"]) == ("Siân", "a@example.org")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"Ann,a@example.org", "has 2 columns where the first line names 5"),
        (b"Ann,,,,1,2", "has 6 columns where the first line names 5"),
        (b",a@example.org,,,1", "name is missing"),
        (b"   ,a@example.org,,,1", "name is missing"),
        (b"A\xffnn,,,,1", "name is not UTF-8"),
        (b"Ann\x00,,,,1", "name holds a NUL byte"),
        (b'"A\nB",,,,1', "name: String should match pattern"),
        (b"x" * 1_000_000 + b",,,,1", "name: String should have at most 200 characters"),
        (b"Ann,,,Welsh,1", "language: String should match pattern"),
        (b'"Ann"x,,,,1', "has a quotation mark where none may stand"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_bad_row_costs_only_itself(tmp_path: Path, row: bytes, reason: str) -> None:
    before, bad, after = rows(tmp_path, HEADER.encode() + b"Bo,,,,x\n" + row + b"\nCy,,,,y\n")

    assert isinstance(before, Person)
    assert isinstance(bad, Malformed)
    assert bad.line == 3
    assert bad.reason.startswith(reason)
    assert isinstance(after, Person)


def test_a_bad_cell_is_never_shown(tmp_path: Path) -> None:
    assert "Secret" not in only(rows(tmp_path, f"{HEADER}Ann Secret,,,Welsh Secret,1\n")).reason


def test_a_quotation_mark_that_is_never_closed_is_named_where_it_begins(tmp_path: Path) -> None:
    found = only(rows(tmp_path, f'{HEADER}"Ann,,,,1\nBo,,,,2\n'))

    assert (found.line, found.reason) == (2, "has a quotation mark that is never closed")


def test_a_cell_without_end_ends_the_reading(tmp_path: Path) -> None:
    found = only(rows(tmp_path, f'{HEADER}"{"x" * 5_000_000}'))

    assert found.line == 2
    assert "is a quotation mark never closed?" in found.reason


def test_lines_are_counted_through_cells_of_several_lines(tmp_path: Path) -> None:
    _, bad = rows(tmp_path, 'name,email\nAnn,"a@example.org\n"\n,b\n')

    assert bad == Malformed(4, "name is missing")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "The file is empty"),
        ("\n", "No column is the name"),
        ("Ann,a@example.org\n", "No column is the name"),
        ("name;email\nAnn;a\n", "Columns are separated by commas"),
        ("name,shoe size\n", "The column 'shoe size' is not known here"),
        ("name,name\n", "Two columns are the name"),
        ('"name\n', "Line 1 cannot be read"),
    ],
)
def test_a_file_without_known_columns_is_refused_in_words(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(FileUnusable, match=words):
        rows(tmp_path, content)


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable, match="UTF-16: save it as UTF-8"):
        rows(tmp_path, HEADER.encode("utf-16"))


def test_columns_are_mapped_and_left_out_as_told(tmp_path: Path) -> None:
    (person,) = rows(tmp_path, "Surname,Shoe size\nAnn,43\n", {"Surname": "name", "Shoe size": "-"})

    assert isinstance(person, Person)
    assert person.body.keys() == {"name", "source", "external_reference"}


def test_a_column_to_map_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable, match="no column 'nom' to map"):
        rows(tmp_path, HEADER, {"nom": "name"})


def test_the_same_person_has_the_same_key_in_any_file(tmp_path: Path) -> None:
    (first,) = rows(tmp_path, "name,email\nAnn,a@example.org\n")
    (second,) = rows(tmp_path, "email,phone,name\na@example.org,,Ann\n")
    (other,) = rows(tmp_path, "name,email\nAnn,a@example.org\n", source="new")

    assert isinstance(first, Person)
    assert isinstance(second, Person)
    assert isinstance(other, Person)
    assert (first.key, first.body) == (second.key, second.body)
    assert other.key != first.key


@pytest.mark.parametrize("row", ["Ann,,,,7", "Ann,a@example.org,,,"])
def test_a_person_who_is_there_twice_is_taken_once(tmp_path: Path, row: str) -> None:
    first, second = rows(tmp_path, f"{HEADER}{row}\n{row}\n")

    assert isinstance(first, Person)
    assert second == Malformed(3, "is the same person as on line 2")
