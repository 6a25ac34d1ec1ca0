"""One route in the document: what it takes."""

import inspect
from collections.abc import Iterable
from typing import Any

from services.gateway.describing.answers import answers_of
from services.gateway.describing.problems import problems_of
from services.gateway.describing.schemas import REFERENCE, not_null
from services.gateway.edge import cursors, sparse
from services.gateway.route import Route

Json = dict[str, Any]


def operation_of(route: Route, schemas: dict[str, Json]) -> Json:
    """The route; its body's schema goes among `schemas`."""
    asked = schemas.pop(route.request.__name__)
    operation: Json = {
        "operationId": route.operation,
        "tags": [route.service],
        "summary": route.operation.replace("_", " ").capitalize(),
        "description": inspect.cleandoc(route.request.__doc__ or ""),
        "parameters": [*_parameters(route, asked), *_headers(route)],
    }
    if route.deprecated is not None:
        operation["deprecated"] = True
        operation["description"] += f"\n\nIt ends on {route.deprecated.sunset:%d %B %Y}: see {route.deprecated.link}."
    if route.raw_body:
        content: Json = {media: {"schema": {}} for media in route.body_types}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.method != "GET" and route.sent:
        schemas[route.request.__name__] = _body(route, asked)
        described: Json = {"schema": {"$ref": REFERENCE.format(model=route.request.__name__)}}
        if route.example:
            described["example"] = dict(route.example)
        operation["requestBody"] = {"required": True, "content": {"application/json": described}}
    operation["responses"] = answers_of(route) | problems_of(route)
    return operation


def _body(route: Route, asked: Json) -> Json:
    properties = {name: schema for name, schema in asked["properties"].items() if name in route.sent}
    if route.method == "PATCH":
        properties = {name: not_null(schema) for name, schema in properties.items()}
    if _has_cursor(route):
        properties["cursor"] = {"anyOf": [_cursor(), {"type": "null"}], "default": None}
    body = {**asked, "properties": properties}
    body["required"] = [name for name in asked.get("required", ()) if name in route.sent]
    if not body["required"]:
        del body["required"]
    return body


def _parameters(route: Route, asked: Json) -> Iterable[Json]:
    for name in route.path_parameters:
        schema = not_null(asked["properties"][name])
        schema.pop("default", None)
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for name in route.sent if route.method == "GET" else ():
        schema = _cursor() if name == "cursor" and _has_cursor(route) else not_null(asked["properties"][name])
        required = name in asked.get("required", ())
        found: Json = {"name": name, "in": "query", "required": required, "schema": schema}
        if "description" in schema:
            found["description"] = schema.pop("description")
        yield found
    if route.sparse:
        yield _fields(route)


def _fields(route: Route) -> Json:
    return {
        "name": sparse.PARAMETER,
        "in": "query",
        "required": False,
        "description": "Show only these fields, separated by commas; `hidden` is always there.",
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "items": {"enum": [*route.item.model_fields]}, "minItems": 1},
        "example": [next(iter(route.item.model_fields))],
    }


def _has_cursor(route: Route) -> bool:
    return route.is_page and "cursor" in route.sent


def _cursor() -> Json:
    about = "`next` of the page before; nothing else in the request may change but `limit`."
    return {"type": "string", "pattern": cursors.PATTERN, "maxLength": cursors.LONGEST, "description": about}


def _headers(route: Route) -> Iterable[Json]:
    if route.if_match:
        yield _header("If-Match", '^"v[1-9][0-9]{0,8}"$', "The ETag of the version you saw.", required=True)
    if route.etag and route.method == "GET":
        yield _described("If-None-Match", "The ETag of the version you have: if it is still that one, 304.")
    if route.takes_key:
        about = "A fresh random value; the same when you repeat the request."
        yield _header("Idempotency-Key", "^[\\x21-\\x7e]{1,255}$", about, required=True)
    for name, about in route.more_headers.items():
        yield _described(name, about)
    about = f"Why you ask, as a code; `{route.purpose}` where you do not say."
    yield _header("Tellus-Purpose", "^[a-z][a-z0-9_-]{0,63}$", about, required=False)


def _header(name: str, pattern: str, about: str, *, required: bool) -> Json:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "required": required, "description": about, "schema": schema}


def _described(name: str, about: str) -> Json:
    return {"name": name, "in": "header", "required": False, "description": about, "schema": {"type": "string"}}
