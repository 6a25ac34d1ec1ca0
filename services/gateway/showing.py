"""What an answer shows, of whom: the access event that is committed before it leaves."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.gateway.route import Route
from shared.contracts.actor import Actor
from shared.contracts.base import Request
from shared.contracts.gateway.events import DataAccessed


def access_of(route: Route, request: Request[Any], reply: Mapping[str, Any], actor: Actor) -> DataAccessed:
    """Who saw which fields of whom, and which were kept from them. A search that found nobody is on the record too."""
    assert route.subjects is not None
    items: list[Mapping[str, Any]] = reply["items"] if route.is_page else [reply]
    subjects = _subjects(route, request, items)
    one_thing = subjects and (not route.is_page or route.subjects.asked is not None)
    return DataAccessed(
        subject=subjects[0] if one_thing else actor.id,
        subject_version=_version(reply) if one_thing else 0,
        operation=route.operation,
        purpose=actor.purpose or route.purpose,
        subjects=subjects,
        fields=tuple(sorted(field for field in route.personal if any(_holds(item, field) for item in items))),
        hidden=tuple(sorted({field for item in items for field in item.get("hidden", ())})),
    )


def _subjects(route: Route, request: Request[Any], items: Iterable[Mapping[str, Any]]) -> tuple[UUID, ...]:
    assert route.subjects is not None
    if route.subjects.asked is not None:
        return (getattr(request, route.subjects.asked),)
    found = (item.get(field) for item in items for field in route.subjects.fields)
    return tuple(UUID(text) for text in dict.fromkeys(text for text in found if text))


def _holds(item: Mapping[str, Any], field: str) -> bool:
    return item.get(field) not in (None, "", [], {})


def _version(reply: Mapping[str, Any]) -> int:
    version = reply.get("version")
    return version if isinstance(version, int) else 0
