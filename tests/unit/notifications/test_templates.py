"""Templates: what they may ask for, and what a value can and cannot do in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.errors import PlaceholderInvalid, Undeliverable
from services.notifications.domain.template import Template, languages_for
from shared.clock import now


def written(subject: str = "Your case ((reference))", body: str = "Dear ((name))") -> Template:
    return Template.write("case_opened", "en", 1, subject=subject, body=body, at=now())


def test_a_placeholder_may_be_spelled_as_people_write_it() -> None:
    template = written(body="((Case type)) ((case-type)) (( CASE_TYPE ))")
    assert template.placeholders == ("reference", "case_type")
    assert template.render({"reference": "C-1", "case_type": "permit"}).body == "permit permit permit"


@pytest.mark.parametrize(("field", "text"), [("subject", "((nmae))"), ("body", "((name??yes))"), ("body", "(())")])
def test_what_no_message_knows_is_refused_and_what_it_knows_is_named(field: str, text: str) -> None:
    with pytest.raises(PlaceholderInvalid) as refused:
        written(**{field: text})
    (error,) = refused.value.details["errors"]
    assert error["pointer"] == f"/{field}"
    assert "name, reference, case_type, outcome" in error["detail"]


@pytest.mark.parametrize("text", ["Dear ((name", "((na(me))", "Dear ((name)"])
def test_a_placeholder_that_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(PlaceholderInvalid):
        written(body=text)


def test_brackets_that_open_no_placeholder_are_text() -> None:
    assert written(body="(see (a)) ((name))").render({"reference": "C", "name": "N"}).body == "(see (a)) N"


@pytest.mark.parametrize("name", [None, "", " ", "\r\n", "\u202e"])
def test_a_missing_value_makes_the_message_undeliverable_and_is_named(name: str | None) -> None:
    with pytest.raises(Undeliverable) as missing:
        written().render({"reference": "C-1", "name": name})
    assert missing.value.reason == "value_missing.name"


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    assert written().render({"reference": "C-1", "name": "((reference))"}).body == "Dear ((reference))"


@given(st.text(min_size=1))
def test_no_value_adds_a_line_a_control_or_a_direction(name: str) -> None:
    template = written(subject="To ((name))", body="Dear ((name)),\nbye")
    try:
        text = template.render({"name": name})
    except Undeliverable:
        return
    assert len(text.subject.splitlines()) == 1
    assert len(text.body.splitlines()) == 2
    assert text.body.endswith(",\nbye")
    assert not set(text.subject) & set("\r\n\t\x00\x0b\x0c\x85\u2028\u2029\u202a\u202b\u202d\u202e\u2066\u2067\u2068")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Pay at https://evil.example/x", "Pay at https: evil. example/x"),
        ("www.evil.example", "www. evil. example"),
        ("J.R. Hartley", "J.R. Hartley"),
        ("Jones c/o Smith", "Jones c/o Smith"),
        ("محمد", "محمد"),
        ("O\u2019Brien\u200d", "O\u2019Brien\u200d"),
    ],
)
def test_a_value_becomes_no_link_and_a_name_stays_a_name(name: str, shown: str) -> None:
    assert written().render({"reference": "C", "name": name}).body == f"Dear {shown}"


def test_a_body_keeps_its_lines_however_they_were_ended() -> None:
    assert written(body="a\r\nb\rc\n").body == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("language", "order"), [("cy-GB", ("cy-GB", "cy", "en")), ("cy", ("cy", "en")), ("en", ("en",))]
)
def test_a_language_falls_back_to_its_parent_and_then_to_english(language: str, order: tuple[str, ...]) -> None:
    assert languages_for(language) == order
