"""The whole document, for all routes or for some of them."""

from collections.abc import Sequence
from typing import Any, Final

from services.gateway.describing import problems
from services.gateway.describing.operations import operation_of
from services.gateway.describing.schemas import needed_by, schemas_of
from services.gateway.edge.problem import TYPES
from services.gateway.route import PARAMETER, Route

Json = dict[str, Any]
API_VERSION: Final = "1.0.0"
_ABOUT: Final = (
    "Contacts, cases, messages and the log of one government. Lists are pages: pass `next` back as `cursor`. "
    "A change names the version it saw in If-Match. A POST that creates or acts carries an Idempotency-Key; "
    "repeated with the same key, it answers as the first time. What is hidden from you is null and named "
    "in `hidden`. A browser's session needs the header `Tellus-CSRF: 1` for whatever is no GET."
)
_TAGS: Final = {
    "contacts": "People and organisations that government knows.",
    "cases": "Case types and the cases that follow them.",
    "notifications": "Templates, and the messages that were written with them.",
    "audit": "The log of everything, and proof that nothing is missing or altered.",
    "gateway": "The caller, and the directory: who works here, in which teams, with which roles.",
}
_SCHEMES: Final[Json] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "at+jwt",
        "description": "An access token (RFC 9068) of an issuer that this suite trusts.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-tellus",
        "description": "A browser's session, begun at /v1/session/login; scripts never see it.",
    },
}


def document_of(routes: Sequence[Route]) -> Json:
    """What these routes take and give."""
    schemas = schemas_of(routes)
    paths: dict[str, Json] = {}
    for route in routes:
        at = paths.setdefault(PARAMETER.sub(r"{\1}", route.path), {})
        at[route.method.lower()] = operation_of(route, schemas)
        for name in route.deprecated_fields:
            schemas[route.item.__name__]["properties"][name]["deprecated"] = True
    used = needed_by(paths, schemas)
    tags = {route.service for route in routes}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tellus", "version": API_VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"session": []}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items() if name in tags],
        "paths": paths,
        "components": {
            "securitySchemes": _SCHEMES,
            "responses": {kind.slug: problems.response_of(kind.slug) for kind in TYPES.values()},
            "schemas": {name: schemas[name] for name in sorted(used)} | {"Problem": problems.SCHEMA},
        },
    }
