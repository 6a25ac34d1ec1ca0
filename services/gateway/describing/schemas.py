"""The shapes of requests and answers, as pydantic knows them, under plain names."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from pydantic.json_schema import models_json_schema

from services.gateway.route import Route

Json = dict[str, Any]
REFERENCE: Final = "#/components/schemas/{model}"


def schemas_of(routes: Iterable[Route]) -> dict[str, Json]:
    """Every model that these routes take or give, by name."""
    models: list[tuple[Any, Literal["validation", "serialization"]]] = []
    for route in routes:
        models += [(route.request, "validation"), (route.request.reply, "serialization")]
    _, found = models_json_schema(models, ref_template=REFERENCE)
    return {plain(name): _tidy(schema) for name, schema in found["$defs"].items()}


def reference_to(model: type) -> Json:
    """Where its schema stands."""
    return {"$ref": REFERENCE.format(model=plain(model.__name__))}


def plain(name: str) -> str:
    """`Page[ContactSummary]` and what pydantic makes of it, as `PageOfContactSummary`; likewise what is counted."""
    return re.sub(r"^(Page|Counted)[\[_](\w+?)[\]_]$", r"\1Of\2", name)


def _tidy(schema: Any) -> Any:
    """Without the titles that pydantic repeats, and with the plain names of pages."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {name: _tidy(value) for name, value in schema.items() if name != "title" or not isinstance(value, str)}


def not_null(schema: Json) -> Json:
    """The schema of a value that is there: left out is how it is absent."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf" and (name, value) != ("default", None)}
    if len(choices) == 1:
        return {**choices[0], **rest}
    return {**rest, "anyOf": choices} if choices else rest
