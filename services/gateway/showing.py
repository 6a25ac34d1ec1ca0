"""What an answer shows, of whom: the access event that is committed before it leaves, and the answer as it leaves."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from services.gateway.asking import Asked
from services.gateway.deciding import decide
from services.gateway.edge import deprecation, sparse
from services.gateway.edge.cursors import Cursors, bound_to
from services.gateway.edge.headers import NEVER_STORED, Headers
from services.gateway.edge.preconditions import etag_of, is_unchanged
from services.gateway.edge.responding import JSON, Answer
from services.gateway.route import Route
from shared.contracts.actor import Actor, GrantKind
from shared.contracts.base import Request
from shared.contracts.gateway.events import DataAccessed

_ASK_AGAIN: Final = ((b"cache-control", b"private, no-cache"), (b"vary", b"authorization, cookie"))
"""For what is about nobody: it may be kept by whoever asked, and is asked for again before it is used."""


def shown_of(route: Route, asked: Asked, reply: Mapping[str, Any]) -> Mapping[str, Any]:
    """What of the owner's answer is shown."""
    return reply if asked.fields is None else sparse.only(reply, asked.fields, is_page=route.is_page)


def access_of(
    route: Route, request: Request[Any], reply: Mapping[str, Any], shown: Mapping[str, Any], actor: Actor
) -> DataAccessed:
    """Who saw which fields of whom, and which were kept from them. A search that found nobody is on the record too."""
    assert route.subjects is not None
    items, seen = _items(route, reply), _items(route, shown)
    subjects = _subjects(route, request, items)
    one_thing = subjects and (not route.is_page or route.subjects.asked is not None)
    return DataAccessed(
        subject=subjects[0] if one_thing else actor.id,
        subject_version=_version(reply) if one_thing else 0,
        operation=route.operation,
        purpose=actor.purpose or route.purpose,
        subjects=subjects,
        fields=tuple(sorted(field for field in route.personal if any(_holds(item, field) for item in seen))),
        hidden=tuple(sorted({field for item in items for field in item.get("hidden", ())})),
        kind=actor.kind.value,
        through=(through := _through(actor, subjects)),
        policies=decide(actor, route.service, route.operation).policies if through else (),
    )


def answer_of(
    route: Route,
    asked: Asked,
    reply: Mapping[str, Any],
    shown: Mapping[str, Any],
    *,
    actor: Actor,
    headers: Headers,
    cursors: Cursors,
) -> Answer:
    """The answer as it leaves: the cursor sealed, and nothing in it that the caller has already."""
    more = [
        *(_ASK_AGAIN if route.kept else (NEVER_STORED,)),
        *deprecation.headers_of(route.deprecations_in(_items(route, shown))),
    ]
    if route.etag:
        more.append((b"etag", etag_of(reply["version"])))
        if route.method == "GET" and is_unchanged(headers, reply["version"]):
            return Answer(304, b"", code="unchanged", headers=tuple(more))
    if route.location is not None:
        more.append((b"location", route.location.format_map(reply).encode()))
    if route.is_page and reply.get("next"):
        shown = {**shown, "next": cursors.seal(reply["next"], bound_to(actor, asked.request))}
    media_type = JSON if asked.fields is None else sparse.MEDIA_TYPE
    return Answer(route.status, orjson.dumps(shown), media_type, headers=tuple(more))


def _items(route: Route, reply: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return reply["items"] if route.is_page else [reply]


def _subjects(route: Route, request: Request[Any], items: Iterable[Mapping[str, Any]]) -> tuple[UUID, ...]:
    assert route.subjects is not None
    if route.subjects.asked is not None:
        return (getattr(request, route.subjects.asked),)
    found = (item.get(field) for item in items for field in route.subjects.fields)
    return tuple(UUID(text) for text in dict.fromkeys(text for text in found if text))


def _holds(item: Mapping[str, Any], field: str) -> bool:
    return item.get(field) not in (None, "", [], {})


def _through(actor: Actor, subjects: tuple[UUID, ...]) -> tuple[str, ...]:
    kinds = {grant.kind for grant in actor.grants if grant.resource in subjects}
    return tuple(sorted(kind.value for kind in kinds - {GrantKind.EXCLUDED}))


def _version(reply: Mapping[str, Any]) -> int:
    version = reply.get("version")
    return version if isinstance(version, int) else 0
