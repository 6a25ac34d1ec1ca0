"""From what was sent to the request an owner service understands: strict about types, silent about values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from pydantic import ValidationError
from starlette.types import Receive, Scope

from services.gateway.edge import sparse
from services.gateway.edge.body import read_json
from services.gateway.edge.headers import Headers
from services.gateway.edge.mistakes import mistakes, unknown_field
from services.gateway.edge.preconditions import version_of
from services.gateway.edge.problem import Problem, invalid
from services.gateway.edge.query import read_query
from services.gateway.route import Route
from services.gateway.settings import Settings
from shared.contracts.base import Request

_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """A request as its owner gets it, and what of the answer the caller wants to see."""

    request: Request[Any]
    fields: frozenset[str] | None = None
    """Only these; all where None."""


async def request_of(
    route: Route,
    scope: Scope,
    headers: Headers,
    receive: Receive,
    settings: Settings,
    *,
    cursor_of: Callable[[str, Request[Any]], str],
) -> Asked:
    """The request, with the owner's cursor for the caller's; raises a problem that names every mistake."""
    elsewhere: dict[str, Any] = dict(scope["path_params"])
    if route.foreign:
        return Asked(route.request.model_construct(**elsewhere))
    if route.if_match:
        elsewhere["version"] = version_of(headers)
    in_query = route.sent if route.method == "GET" else {}
    found = read_query(scope["query_string"], {**in_query, **sparse.KNOWN} if route.sparse else in_query)
    wanted = found.pop(sparse.PARAMETER, None) if route.sparse else None
    fields = sparse.fields_of(wanted, route.item.model_fields) if wanted is not None else None
    if route.raw_body:
        return Asked(_validated(route, elsewhere), fields)
    if route.method != "GET":
        found = await read_json(
            receive,
            headers,
            most_bytes=settings.body_bytes,
            seconds=settings.body_seconds,
            optional=not route.sent,
        )
        if not found.keys() <= route.sent.keys():
            raise invalid([unknown_field(tuple(route.sent))])
        if route.method == "PATCH":
            _refuse_null(found)
    _refuse_unspelled_moments(route, found)
    cursor = found.pop("cursor", None) if route.is_page and "cursor" in route.sent else None
    request = _validated(route, found | elsewhere)
    if cursor is not None:
        request = request.model_copy(update={"cursor": cursor_of(_text(route, cursor), request)})
    return Asked(request, fields)


def _text(route: Route, cursor: Any) -> str:
    if not isinstance(cursor, str):
        place = {"parameter": "cursor"} if route.method == "GET" else {"pointer": "/cursor"}
        raise invalid([{**place, "detail": "must be text"}])
    return cursor


def _validated(route: Route, values: Mapping[str, Any]) -> Request[Any]:
    try:
        # JSON and strict: types as sent, but dates and ids from their spelling
        return route.request.model_validate_json(orjson.dumps(values), strict=True)
    except ValidationError as error:
        found = mistakes(error)
        if any(mistake["pointer"].split("/")[1:2] == [name] for mistake in found for name in route.path_parameters):
            raise Problem("not_found") from None
        if route.method == "GET":
            found = [{"parameter": mistake["pointer"].strip("/"), "detail": mistake["detail"]} for mistake in found]
        raise invalid(found) from None


def _refuse_unspelled_moments(route: Route, values: Mapping[str, Any]) -> None:
    # "1700000000" would be read as seconds since the epoch: a year is written, not guessed
    wrong = [name for name in route.moments if isinstance(values.get(name), str) and not _MOMENT.match(values[name])]
    if wrong:
        place = "parameter" if route.method == "GET" else "pointer"
        named = [name if route.method == "GET" else f"/{name}" for name in wrong]
        raise invalid([{place: name, "detail": "must be a date and time as in RFC 3339"} for name in named])


def _refuse_null(body: Mapping[str, Any]) -> None:
    nothing = [name for name, value in body.items() if value is None]
    if nothing:
        detail = "null changes nothing here: leave the field out, or name it in `remove`"
        raise invalid([{"pointer": f"/{name}", "detail": detail} for name in nothing])
