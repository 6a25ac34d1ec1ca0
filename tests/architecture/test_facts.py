"""Events carry facts, not people: ids, codes, numbers, field names and digests, and each says who hears it."""

import importlib
import inspect
import re
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin
from uuid import UUID

import pytest

from deploy.contracts.language import events
from deploy.rabbitmq.generate import declared_subscriptions
from shared.contracts.base import Event

EVENTS: Final = events()
KEY: Final = re.compile(r"^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*$")
PERSONAL: Final = re.compile(
    r"(^|_)(name|names|email|phone|mobile|address|postcode|street|birth\w*|gender|text|body|title|subject|comment|note|"
    r"resource|ip|url|file|language)(_|$)"
)
CODES: Final = {
    "assurance", "browser", "channel", "code", "direction", "epoch", "error", "event", "from_state", "key", "kind", "media_type", "operation", "outcome", "producer",
    "purpose", "reason", "reference", "role", "state", "template", "to_state", "case_type",
}  # fmt: skip
"""Fields of type text that hold a word from a list, or a reference made by us."""
ALLOWED_ALTHOUGH: Final = {
    ("TemplateAdded", "language"): "the template's language, nobody's",
}
FIELDS: Final = [
    (event, name)
    for event in EVENTS
    for name in event.model_fields
    if name not in {"subject", "subject_version", "occurred_at"}
]


def kinds(annotation: Any) -> set[type]:
    """The plain types inside an annotation."""
    if get_origin(annotation) in {Union, UnionType, tuple}:
        return set().union(*(kinds(part) for part in get_args(annotation) if part is not ...))
    return {annotation}


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.__name__)
def test_a_routing_key_is_a_noun_a_past_verb_and_a_version(event: type[Event]) -> None:
    assert KEY.match(event.routing_key)
    assert event.type == f"tellus.{event.routing_key}"


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.__name__)
def test_an_event_is_named_as_its_routing_key(event: type[Event]) -> None:
    noun, verb, version = event.routing_key.split(".")
    suffix = "" if version == "v1" else version.upper()
    assert event.__name__ == "".join(word.title() for word in f"{noun}_{verb}".split("_")) + suffix


def test_no_two_events_share_a_routing_key() -> None:
    assert len({event.routing_key for event in EVENTS}) == len(EVENTS)


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.__name__)
def test_an_event_comes_from_the_service_that_defines_it(event: type[Event]) -> None:
    home = importlib.import_module(f"shared.contracts.{event.source}.events")
    assert vars(home)[event.__name__] is event
    assert event.__module__.startswith(f"shared.contracts.{event.source}.")


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.__name__)
def test_an_event_says_who_hears_it(event: type[Event]) -> None:
    said = inspect.cleandoc(event.__doc__ or "")
    heard = re.search(r"Heard by (.+?)(\.( |\n|$)|$)", said, re.DOTALL)
    assert heard, "say in the docstring who hears this event, and why: 'Heard by audit.'"
    assert "audit" in heard[1], "the firehose brings every event to audit"
    hearers = {s.service for s in declared_subscriptions() if s.routing_key == event.routing_key}
    assert {hearer for hearer in hearers if hearer not in heard[1]} == set()


@pytest.mark.parametrize(("event", "field"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_a_field_of_an_event_holds_no_person_and_no_free_text(event: type[Event], field: str) -> None:
    found = kinds(event.model_fields[field].annotation)
    assert found <= {UUID, str, int, bool, datetime, NoneType}, "ids, words, numbers: nothing nested, no fractions"
    if (event.__name__, field) in ALLOWED_ALTHOUGH or field.endswith("digest"):
        return
    assert not PERSONAL.search(field), f"{field} sounds like a person or their words: carry its digest"
    many = get_origin(event.model_fields[field].annotation) is tuple
    assert str not in found or many or field in CODES, f"{field} is text: add it to CODES if it is a word from a list"


@pytest.mark.parametrize(("event", "field"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_texts_in_rows_are_field_names_or_policies(event: type[Event], field: str) -> None:
    annotation = event.model_fields[field].annotation
    if get_origin(annotation) is tuple and str in kinds(annotation):
        assert field in {"fields", "hidden", "policies", "prefilled", "roles", "scopes", "through"}


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.__name__)
def test_an_event_ignores_what_it_does_not_know(event: type[Event]) -> None:
    assert event.model_config.get("extra") == "ignore"
