"""One name from the class to the table, strict about what comes in, tolerant about what comes back."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from shared.contracts.base import Event, Request, View, snake
from shared.ids import new_id


class ThingView(View):
    """A thing."""

    id: UUID


class RegisterThing(Request[ThingView], service="things", writes=True):
    """Make a thing."""

    size: float


class GetThing(Request[ThingView], service="things"):
    """One thing."""


class ThingMade(Event, key="thing.made.v1", source="things"):
    """A thing was made."""

    size: int
    note_digest: str | None = None


@pytest.mark.parametrize(
    ("name", "said"), [("RegisterContact", "register_contact"), ("WhoAmI", "who_am_i"), ("Get", "get")]
)
def test_one_name_is_spelled_in_two_ways(name: str, said: str) -> None:
    assert snake(name) == said


def test_a_request_knows_who_answers_it_and_with_what() -> None:
    assert (RegisterThing.service, RegisterThing.method, RegisterThing.writes) == ("things", "register_thing", True)
    assert RegisterThing.reply is ThingView
    assert GetThing.writes is False


def test_a_request_refuses_unknown_fields_and_numbers_that_are_none() -> None:
    with pytest.raises(ValidationError):
        RegisterThing.model_validate({"size": 1, "colour": "red"})
    for number in (float("nan"), float("inf"), float("-inf")):
        with pytest.raises(ValidationError):
            RegisterThing(size=number)


def test_an_answer_ignores_what_it_does_not_know() -> None:
    assert ThingView.model_validate({"id": str(UUID(int=1)), "new": 1}) == ThingView(id=UUID(int=1))


def test_messages_do_not_change() -> None:
    with pytest.raises(ValidationError):
        RegisterThing(size=1).size = 2  # type: ignore[misc]


def test_an_event_knows_its_source_key_and_type() -> None:
    assert (ThingMade.source, ThingMade.routing_key, ThingMade.type) == (
        "things",
        "thing.made.v1",
        "tellus.thing.made.v1",
    )


def test_what_travels_in_the_envelope_is_not_repeated_in_the_data() -> None:
    event = ThingMade(subject=new_id(), subject_version=1, size=3)
    assert event.model_dump(mode="json", exclude_none=True) == {"size": 3}


def test_an_event_needs_its_subject_and_version() -> None:
    with pytest.raises(ValidationError):
        ThingMade.model_validate({"size": 3})
