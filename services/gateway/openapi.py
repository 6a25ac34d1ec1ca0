"""The API as an OpenAPI 3.1 document, made from the table of routes: `python -m services.gateway.openapi`."""

import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final, Literal

import orjson
from pydantic.json_schema import models_json_schema

from services.gateway.edge.problem import TYPES, Problem
from services.gateway.route import PARAMETER, Route
from services.gateway.routes import ROUTES

Json = dict[str, Any]
API_VERSION: Final = "1.0.0"
REFERENCE: Final = "#/components/schemas/{model}"
_TRACE: Final = {"description": "Quote this when you ask about a request.", "schema": {"type": "string"}}
_TAGS: Final = {
    "contacts": "People and organisations that government knows.",
    "cases": "Case types and the cases that follow them.",
    "notifications": "Templates, and the messages that were written with them.",
    "audit": "The log of everything, and proof that nothing is missing or altered.",
    "gateway": "The caller, and the directory: who works here, in which teams, with which roles.",
}
_PROBLEM_SCHEMA: Final[Json] = {
    "type": "object",
    "description": "An error, as in RFC 9457. What was sent is never repeated in it.",
    "required": ["type", "title", "status", "detail", "code", "trace"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "A page that explains it."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For a person: what was wrong, and what to do."},
        "code": {"type": "string", "description": "For a program: stable."},
        "trace": {"type": "string", "description": "Quote this when you ask about a request."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "Where in the body (RFC 6901)."},
                    "parameter": {"type": "string"},
                    "header": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "details": {"type": "object", "description": "What a program may want to know, such as the legal steps."},
    },
}


@cache
def document() -> Json:
    """The whole document."""
    schemas = _schemas(ROUTES)
    paths: dict[str, Json] = {}
    for route in ROUTES:
        paths.setdefault(PARAMETER.sub(r"{\1}", route.path), {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tellus",
            "version": API_VERSION,
            "description": (
                "Contacts, cases, messages and the log of one government. Lists are pages: pass `next` back as `cursor`. "
                "A change names the version it saw in If-Match. A POST that creates or acts carries an Idempotency-Key; "
                "repeated with the same key, it answers as the first time. What is hidden from you is null and named "
                "in `hidden`."
            ),
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "at+jwt",
                    "description": "An access token (RFC 9068) of an issuer that this suite trusts.",
                }
            },
            "responses": {kind.slug: _problem_response(kind.slug) for kind in TYPES.values()},
            "schemas": dict(sorted(schemas.items())) | {"Problem": _PROBLEM_SCHEMA},
        },
    }


def _schemas(routes: Iterable[Route]) -> dict[str, Json]:
    models: list[tuple[Any, Literal["validation", "serialization"]]] = []
    for route in routes:
        models += [(route.request, "validation"), (route.request.reply, "serialization")]
    _, found = models_json_schema(models, ref_template=REFERENCE)
    return {_plain(name): _tidy(schema) for name, schema in found["$defs"].items()}


def _operation(route: Route, schemas: dict[str, Json]) -> Json:
    about = inspect.cleandoc(route.request.__doc__ or "")
    asked = schemas.pop(route.request.__name__)
    operation: Json = {
        "operationId": route.operation,
        "tags": [route.service],
        "summary": route.operation.replace("_", " ").capitalize(),
        "description": about,
        "parameters": [*_parameters(route, asked), *_headers(route)],
    }
    if route.method != "GET" and route.sent:
        schemas[route.request.__name__] = _body(route, asked)
        content: Json = {"schema": {"$ref": REFERENCE.format(model=route.request.__name__)}}
        if route.example:
            content["example"] = dict(route.example)
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    operation["responses"] = {str(route.status): _success(route)} | _problems(route)
    return operation


def _body(route: Route, asked: Json) -> Json:
    properties = {name: schema for name, schema in asked["properties"].items() if name in route.sent}
    if route.method == "PATCH":
        properties = {name: _not_null(schema) for name, schema in properties.items()}
    body = {**asked, "properties": properties}
    body["required"] = [name for name in asked.get("required", ()) if name in route.sent]
    if not body["required"]:
        del body["required"]
    return body


def _parameters(route: Route, asked: Json) -> Iterable[Json]:
    for name in route.path_parameters:
        schema = _not_null(asked["properties"][name])
        schema.pop("default", None)
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    if route.method == "GET":
        for name in route.sent:
            schema = _not_null(asked["properties"][name])
            required = name in asked.get("required", ())
            found: Json = {"name": name, "in": "query", "required": required, "schema": schema}
            if "description" in schema:
                found["description"] = schema.pop("description")
            yield found


def _headers(route: Route) -> Iterable[Json]:
    if route.if_match:
        yield _header("If-Match", '^"v[1-9][0-9]{0,8}"$', "The ETag of the version you saw.", required=True)
    if route.takes_key:
        about = "A fresh random value; the same when you repeat the request."
        yield _header("Idempotency-Key", "^[\\x21-\\x7e]{1,255}$", about, required=True)
    about = f"Why you ask, as a code; `{route.purpose}` where you do not say."
    yield _header("Tellus-Purpose", "^[a-z][a-z0-9_-]{0,63}$", about, required=False)


def _header(name: str, pattern: str, about: str, *, required: bool) -> Json:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "required": required, "description": about, "schema": schema}


def _success(route: Route) -> Json:
    headers: Json = {"Tellus-Trace": _TRACE}
    if route.etag:
        headers["ETag"] = {"description": "The version, for If-Match.", "schema": {"type": "string"}}
    if route.location:
        headers["Location"] = {"description": "Where it is.", "schema": {"type": "string", "format": "uri-reference"}}
    reply = REFERENCE.format(model=_plain(route.request.reply.__name__))
    example: Json = {"items": [dict(route.answer)], "next": None} if route.is_page else dict(route.answer)
    if "total" in route.request.reply.model_fields:
        example["total"] = 1
    return {
        "description": HTTPStatus(route.status).phrase,
        "headers": headers,
        "content": {"application/json": {"schema": {"$ref": reply}, "example": example}},
    }


def _problems(route: Route) -> Json:
    slugs = ["malformed", "unauthenticated", "forbidden", "invalid", "too_many", "unavailable"]
    if route.path_parameters:
        slugs.append("not_found")
    if route.method != "GET":
        slugs += ["too_slow", "too_large", "unsupported_media_type"]
    if route.request.writes:
        slugs += ["conflict", "not_found"]
    if route.if_match:
        slugs += ["stale", "version_required"]
    listed = sorted({TYPES[slug].status: slug for slug in slugs}.items())
    return {str(status): {"$ref": f"#/components/responses/{slug}"} for status, slug in listed}


def _problem_response(slug: str) -> Json:
    kind = TYPES[slug]
    example = orjson.loads(Problem(slug).body("0af7651916cd43dd8448eb211c80319c"))
    return {
        "description": f"{kind.title} {kind.remedy}",
        "headers": {"Tellus-Trace": _TRACE},
        "content": {
            "application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}, "example": example}
        },
    }


def _plain(name: str) -> str:
    """`Page[ContactSummary]` and what pydantic makes of it, as `PageOfContactSummary`; likewise what is counted."""
    return re.sub(r"^(Page|Counted)[\[_](\w+?)[\]_]$", r"\1Of\2", name)


def _tidy(schema: Any) -> Any:
    """Without the titles that pydantic repeats, and with the plain names of pages."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {name: _tidy(value) for name, value in schema.items() if name != "title" or not isinstance(value, str)}


def _not_null(schema: Json) -> Json:
    """The schema of a value that is there: left out is how it is absent."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf" and (name, value) != ("default", None)}
    if len(choices) == 1:
        return {**choices[0], **rest}
    return {**rest, "anyOf": choices} if choices else rest


def main() -> None:
    """Write the document, as it is committed."""
    sys.stdout.write(orjson.dumps(document(), option=orjson.OPT_INDENT_2).decode() + "\n")


if __name__ == "__main__":
    main()
