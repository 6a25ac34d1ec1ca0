"""What is frozen of a published class: its JSON Schema, what else its users rely on, and messages that were valid once."""

import json
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from deploy.contracts.language import events, parts, requests, views
from shared.contracts.actor import Actor
from shared.contracts.base import Event, Message, Request
from shared.contracts.envelope import Envelope
from tests.contract.samples import sample

GOLDEN: Final = Path(__file__).parent / "golden"
OF_THE_ENVELOPE: Final = frozenset({"subject", "subject_version", "occurred_at"})
"""Fields of an event that travel in the envelope, not in its data."""
COMMENTS: Final = frozenset({"title", "description", "examples"})


def published() -> dict[str, type[BaseModel]]:
    """Every class that somebody outside relies on, by name."""
    classes: list[type[BaseModel]] = [*events(), *requests(), *views(), *parts(), Envelope, Actor]
    names = [c.__name__ for c in classes]
    assert len(names) == len(set(names)), "two published classes share a name"
    return dict(zip(names, classes, strict=True))


def is_sent_to_us(published_class: type[BaseModel]) -> bool:
    """Whether others write it and we read it; otherwise we write it and others read it."""
    return issubclass(published_class, Message)


def schema_of(published_class: type[BaseModel]) -> dict[str, Any]:
    """The shape on the wire, without words for people."""
    schema: dict[str, Any] = json.loads(json.dumps(_without_comments(published_class.model_json_schema())))
    if issubclass(published_class, Event):
        schema["properties"] = {k: v for k, v in schema["properties"].items() if k not in OF_THE_ENVELOPE}
        schema["required"] = [name for name in schema.get("required", []) if name not in OF_THE_ENVELOPE]
    return schema


def relied_upon(published_class: type[BaseModel]) -> dict[str, Any]:
    """What is not in the shape and may not change either."""
    if issubclass(published_class, Event):
        return {"event": published_class.routing_key, "source": published_class.source}
    if issubclass(published_class, Request):
        return {
            "request": published_class.method,
            "service": published_class.service,
            "writes": published_class.writes,
            "reply": published_class.reply.__name__,
        }
    return {}


def describe(published_class: type[BaseModel]) -> dict[str, Any]:
    """A golden file's content, as the class is now."""
    schema = schema_of(published_class)
    return {"relied_upon": relied_upon(published_class), "schema": schema, "samples": [sample(schema)]}


def read(published_class: type[BaseModel], message: dict[str, Any]) -> BaseModel:
    """A message from the wire, as the class reads it; raises ValidationError."""
    if issubclass(published_class, Event):
        envelope = {"subject": "018f2b6e-0000-7000-8000-000000000000", "subject_version": 1}
        return published_class.model_validate(message | envelope)
    return published_class.model_validate_json(json.dumps(message))


def golden_file(name: str) -> Path:
    """Where a class is frozen."""
    return GOLDEN / f"{name}.json"


def load(name: str) -> dict[str, Any]:
    """What is frozen of a class."""
    content: dict[str, Any] = json.loads(golden_file(name).read_text())
    return content


def store(name: str, content: dict[str, Any]) -> None:
    """Freeze it."""
    GOLDEN.mkdir(exist_ok=True)
    golden_file(name).write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _without_comments(value: Any, *, named: bool = False) -> Any:
    # under `properties` and `$defs` the keys are names, not keywords
    if isinstance(value, dict):
        return {
            k: _without_comments(v, named=not named and k in {"properties", "$defs"})
            for k, v in value.items()
            if named or k not in COMMENTS
        }
    return [_without_comments(item) for item in value] if isinstance(value, list) else value
