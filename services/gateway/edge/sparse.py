"""Only the fields that were asked for: `?fields=a,b`. What is masked stays masked; this leaves out, it shows nothing more."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from pydantic.fields import FieldInfo

from services.gateway.edge.problem import invalid

PARAMETER: Final = "fields"
KNOWN: Final[Mapping[str, FieldInfo]] = {PARAMETER: FieldInfo(annotation=str)}
HIDDEN: Final = "hidden"
"""Stays, whatever was asked for: what was kept from somebody is always said."""
MEDIA_TYPE: Final = b"application/vnd.tellus.sparse+json"
"""Not that of the whole: what a whole answer always has may be missing."""


def fields_of(asked: str, known: Collection[str]) -> frozenset[str]:
    """The fields that a parameter names; raises a problem that names those there are."""
    fields = frozenset(asked.split(","))
    if not fields <= frozenset(known):
        detail = f"names a field that is not known here; known are {', '.join(sorted(known))}"
        raise invalid([{"parameter": PARAMETER, "detail": detail}])
    return fields


def only(reply: Mapping[str, Any], fields: Collection[str], *, is_page: bool) -> Mapping[str, Any]:
    """The answer, or each item of a page, with no more than these fields."""
    if is_page:
        return {**reply, "items": [_only(item, fields) for item in reply["items"]]}
    return _only(reply, fields)


def _only(item: Mapping[str, Any], fields: Collection[str]) -> Mapping[str, Any]:
    return {name: value for name, value in item.items() if name in fields or name == HIDDEN}
