"""What a person types is trimmed before it is measured, and never holds what the store cannot keep."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.base import Code, Department, Line, Note, Version
from shared.contracts.contacts.rpc import EmailText, PhoneText

LINE: TypeAdapter[str] = TypeAdapter(Line)


def test_a_line_is_trimmed() -> None:
    assert LINE.validate_python("  Siân Ó Briain ") == "Siân Ó Briain"


@pytest.mark.parametrize("text", ["", "   ", "a\nb", "a\tb", "x" * 201, "a\x00b", "\udc00", 7, None, b"bytes"])
def test_a_line_refuses(text: object) -> None:
    with pytest.raises(ValidationError):
        LINE.validate_python(text)


def test_blanks_do_not_count_towards_the_length_of_a_line() -> None:
    assert LINE.validate_python(" " * 50 + "x" * 200) == "x" * 200


@pytest.mark.parametrize("kind", [EmailText, PhoneText])
@pytest.mark.parametrize("text", ["     ", " a ", "x" * 400, "a@b\x00c"])
def test_a_contact_point_of_blanks_is_none(kind: type[str], text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


def test_a_note_keeps_its_lines_and_its_blanks() -> None:
    assert TypeAdapter(Note).validate_python(" one\n\ttwo ") == " one\n\ttwo "


@pytest.mark.parametrize("text", ["Code", "1a", "a b", "", "a\n", "é", "a" * 65])
def test_a_code_refuses(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Code).validate_python(text)


@pytest.mark.parametrize("text", ["City", "city.", ".permits", "city..permits", "city.permits\n", "a" * 101])
def test_a_department_refuses(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Department).validate_python(text)


@pytest.mark.parametrize("number", [0, -1, 2**31, True, 1.0, "1"])
def test_a_version_refuses(number: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Version).validate_python(number)
