"""The shapes of requests and answers, as pydantic knows them, under plain names."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pydantic.json_schema import models_json_schema

from services.gateway.route import Route

Json = dict[str, Any]
REFERENCE: Final = "#/components/schemas/{model}"


def schemas_of(routes: Sequence[Route]) -> dict[str, Json]:
    """Every model that these routes take or give, by name."""
    models: list[tuple[Any, Literal["validation", "serialization"]]] = []
    for route in routes:
        models += [(route.request, "validation"), (route.request.reply, "serialization")]
    _, found = models_json_schema(models, ref_template=REFERENCE)
    schemas = {plain(name): _tidy(schema) for name, schema in found["$defs"].items()}
    requests = {route.request.__name__ for route in routes}
    asked = requests | needed_by([schemas[name] for name in requests], schemas)
    return {name: schema if name in asked else _whole(schema) for name, schema in schemas.items()}


def reference_to(model: type) -> Json:
    """Where its schema stands."""
    return {"$ref": REFERENCE.format(model=plain(model.__name__))}


def needed_by(node: Any, schemas: Mapping[str, Json]) -> set[str]:
    """The names of the schemas that this refers to, and of those that these refer to."""
    used: set[str] = set()
    new = _references(node)
    while new := (new & schemas.keys()) - used:
        used |= new
        new = set().union(*(_references(schemas[name]) for name in new))
    return used


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"].rpartition("/")[2]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(_references(value) for value in node.values()))
    return set[str]().union(*(_references(item) for item in node)) if isinstance(node, list) else set()


def _whole(schema: Json) -> Json:
    # what has a default is left out by whoever asks, never by who answers
    return {**schema, "required": [*schema["properties"]]} if "properties" in schema else schema


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
