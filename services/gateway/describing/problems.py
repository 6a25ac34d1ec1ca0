"""Errors in the document: the shape of all of them, and of each kind an example that could have been answered."""

from typing import Any, Final

import orjson

from services.gateway.edge.problem import TYPES, Problem
from services.gateway.limits.allowance import Policy, Verdict
from services.gateway.limits.telling import refusal
from services.gateway.route import Route

Json = dict[str, Any]
TRACE: Final[Json] = {"description": "Quote this when you ask about a request.", "schema": {"type": "string"}}
_AN_EXAMPLE: Final = "0af7651916cd43dd8448eb211c80319c"
_SPELLED_OUT: Final = {
    "invalid": Problem(
        "invalid",
        "Some of what was sent does not fit: see `errors`.",
        "malformed",
        errors=({"pointer": "/name", "detail": "must have at least 1 characters"},),
    ),
    "conflict": Problem(
        "conflict",
        "This step cannot be taken now. Legal are: accept, refuse.",
        "cases.step_illegal",
        details={"legal": ["accept", "refuse"]},
    ),
    "malformed": Problem("malformed", "The body is not JSON as it is read here: a name stands twice.", "not_json"),
    "too_many": refusal(Verdict(Policy("search", 300, 60), allowed=False, remaining=0, reset=60, retry_after=1)),
    "not_found": Problem("not_found", code="contacts.unknown"),
    "unavailable": Problem("unavailable", "The service did not answer in time.", "callee_silent"),
}
_MORE_HEADERS: Final[dict[str, Json]] = {
    "too_many": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
    "unavailable": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
    "unauthenticated": {
        "WWW-Authenticate": {"description": "What is missing (RFC 6750, RFC 9470).", "schema": {"type": "string"}}
    },
    "method_not_allowed": {"Allow": {"description": "What can be done here.", "schema": {"type": "string"}}},
}
SCHEMA: Final[Json] = {
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
        "violated-policies": {
            "type": "array",
            "items": {"type": "string"},
            "description": "The quotas that were used up, as RateLimit-Policy names them.",
        },
        "details": {"type": "object", "description": "What a program may want to know, such as the legal steps."},
    },
}


def problems_of(route: Route) -> Json:
    """By status, what may go wrong."""
    slugs = ["malformed", "unauthenticated", "forbidden", "invalid", "too_many", "unavailable"]
    if route.path_parameters:
        slugs.append("not_found")
    if route.method != "GET":
        slugs += ["too_slow", "too_large", "unsupported_media_type"]
    if route.request.writes:
        slugs += ["conflict", "not_found"]
    if route.if_match:
        slugs += ["stale", "version_required"]
    slugs += route.more_problems
    listed = sorted({TYPES[slug].status: slug for slug in slugs}.items())
    return {str(status): {"$ref": f"#/components/responses/{slug}"} for status, slug in listed}


def response_of(slug: str) -> Json:
    """One kind of problem, as an answer."""
    kind = TYPES[slug]
    example = orjson.loads(_SPELLED_OUT.get(slug, Problem(slug)).body(_AN_EXAMPLE))
    return {
        "description": f"{kind.title} {kind.remedy}",
        "headers": {"Tellus-Trace": TRACE, **_MORE_HEADERS.get(slug, {})},
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
        },
    }
