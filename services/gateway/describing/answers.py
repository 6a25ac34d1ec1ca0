"""One route in the document: what it gives, when all goes well."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from services.gateway.describing.problems import TRACE
from services.gateway.describing.schemas import reference_to
from services.gateway.edge import sparse
from services.gateway.edge.responding import WITHOUT_CONTENT
from services.gateway.route import Route

Json = dict[str, Any]
_ETAG: Final[Json] = {"description": "The version, for If-Match and If-None-Match.", "schema": {"type": "string"}}
_QUOTA: Final[Json] = {
    "RateLimit": {
        "description": 'What is left (`r`), and in how many seconds all of it is back (`t`), such as "read";r=99;t=1.',
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": 'How many requests (`q`) in how many seconds (`w`), such as "read";q=1200;w=60.',
        "schema": {"type": "string"},
    },
}
_GOING: Final[Json] = {
    "Deprecation": {"description": "Since when one should do without (RFC 9745).", "schema": {"type": "string"}},
    "Sunset": {"description": "Until when it works (RFC 8594).", "schema": {"type": "string"}},
    "Link": {"description": "What to use instead.", "schema": {"type": "string"}},
}


def answers_of(route: Route) -> Json:
    """By status, what may be answered."""
    answers: Json = {str(route.status): _answer(route)}
    if route.etag and route.method == "GET":
        headers: Json = {"Tellus-Trace": TRACE, "ETag": _ETAG, **_QUOTA}
        answers["304"] = {"description": "You have this version already.", "headers": headers}
    for status, about in route.more_answers.items():
        answers[str(status)] = {"description": about, "headers": {"Tellus-Trace": TRACE}}
        if status not in WITHOUT_CONTENT:
            answers[str(status)]["content"] = _content(route)
    return answers


def example_of(route: Route) -> Json:
    """An answer, whole."""
    if not route.is_page:
        return dict(route.answer)
    counted = {"total": 1} if "total" in route.request.reply.model_fields else {}
    return {"items": [dict(route.answer)], "next": None, **counted}


def _answer(route: Route) -> Json:
    answer: Json = {"description": HTTPStatus(route.status).phrase, "headers": dict(_headers(route))}
    if route.status not in WITHOUT_CONTENT:
        answer["content"] = _content(route)
    return answer


def _headers(route: Route) -> Iterable[tuple[str, Json]]:
    yield "Tellus-Trace", TRACE
    if route.speaks is None:
        yield from _QUOTA.items()
    if route.etag:
        yield "ETag", _ETAG
    if route.location:
        yield "Location", {"description": "Where it is.", "schema": {"type": "string", "format": "uri-reference"}}
    if route.deprecated is not None or route.deprecated_fields:
        yield from _GOING.items()


def _content(route: Route) -> Json:
    if route.answer_type is not None:
        return {route.answer_type: {"schema": {"type": "string"}}}
    content: Json = {"application/json": {"schema": reference_to(route.request.reply), "example": example_of(route)}}
    if route.sparse:
        content[sparse.MEDIA_TYPE.decode()] = {"schema": _sparse(route)}
    return content


def _sparse(route: Route) -> Json:
    item: Json = {"type": "object", "propertyNames": {"enum": [*route.item.model_fields]}}
    if not route.is_page:
        return item
    whole = {"items": {"type": "array", "items": item}, "next": {"type": ["string", "null"]}}
    return {"type": "object", "required": ["items", "next"], "properties": whole}
