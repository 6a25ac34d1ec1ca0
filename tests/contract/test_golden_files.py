"""What was published once stays understood: fields are added, never removed, renamed or narrowed."""

from typing import Any, Final

import pytest
from pydantic import BaseModel

from tests.contract.comparing import breaks
from tests.contract.published import GOLDEN, describe, golden_file, is_sent_to_us, load, published, read

PUBLISHED: Final = published()
COMMAND: Final = "python -m tests.contract.accept"
EVERY: Final = pytest.mark.parametrize("name", PUBLISHED)


@EVERY
def test_every_published_class_has_a_golden_file(name: str) -> None:
    assert golden_file(name).is_file(), f"{name} is new: run `{COMMAND}` and commit the file it writes"


@EVERY
def test_a_change_only_adds(name: str) -> None:
    published_class = PUBLISHED[name]
    found = breaks(load(name)["schema"], describe(published_class)["schema"], sent_to_us=is_sent_to_us(published_class))
    assert not found, (
        f"{name} breaks those who use it: {'; '.join(found)}. Give a new field a default; for anything else publish "
        f"a new class {name}V2 beside this one until nobody uses it."
    )


@EVERY
def test_what_others_rely_on_beside_the_fields_stays(name: str) -> None:
    assert load(name)["relied_upon"] == describe(PUBLISHED[name])["relied_upon"]


@EVERY
def test_an_addition_is_frozen_too(name: str) -> None:
    assert load(name)["schema"] == describe(PUBLISHED[name])["schema"], f"run `{COMMAND}` and commit what it changes"


@EVERY
def test_messages_that_were_valid_once_are_still_read_and_nothing_in_them_is_lost(name: str) -> None:
    for message in load(name)["samples"]:
        understood = read(PUBLISHED[name], message).model_dump(mode="json", exclude_none=True)
        assert _missing(message, understood) == []


def test_no_golden_file_is_left_of_a_class_that_is_gone() -> None:
    gone = {file.stem for file in GOLDEN.glob("*.json")} - set(PUBLISHED)
    assert not gone, "a published class is retired by a decision on record, and its golden file with it"


@pytest.mark.parametrize("name", [n for n, c in PUBLISHED.items() if not is_sent_to_us(c)])
def test_readers_ignore_what_a_newer_writer_adds(name: str) -> None:
    message = load(name)["samples"][0] | {"added_in_the_future": {"a": [1]}}
    assert isinstance(read(PUBLISHED[name], message), BaseModel)


@pytest.mark.parametrize("name", [n for n, c in PUBLISHED.items() if is_sent_to_us(c)])
def test_a_request_refuses_what_it_does_not_know(name: str) -> None:
    message = load(name)["samples"][0] | {"not_a_field": 1}
    with pytest.raises(ValueError, match="not_a_field"):
        read(PUBLISHED[name], message)


def _missing(sent: Any, understood: Any) -> list[str]:
    if isinstance(sent, dict) and isinstance(understood, dict):
        return [
            *(key for key in sent if key not in understood),
            *(name for key in sent if key in understood for name in _missing(sent[key], understood[key])),
        ]
    if isinstance(sent, list) and isinstance(understood, list):
        assert len(sent) == len(understood)
        return [name for one, other in zip(sent, understood, strict=True) for name in _missing(one, other)]
    return []
