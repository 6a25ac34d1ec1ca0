"""What government knows already is not asked again: which answers a contact's details fill."""

from collections.abc import Mapping
from typing import Any

from services.cases.domain.bundle import Bundle
from services.cases.domain.faults import pointer
from services.cases.domain.forms import Schemas


def known_answers(bundle: Bundle, contact: Mapping[str, str | None], schemas: Schemas) -> dict[str, Any]:
    """The answers that `contact` (by `contact.name` and so on) gives, where they would be accepted from a person too."""
    found: dict[str, Any] = {}
    for name, source in bundle.prefill.items():
        value = contact.get(source)
        if value and not _refused(bundle, name, value, schemas):
            found[name] = value
    return found


def _refused(bundle: Bundle, name: str, value: str, schemas: Schemas) -> bool:
    place = pointer(name)
    return any(at == place or at.startswith(f"{place}/") for at, _ in schemas.errors(bundle.schema, {name: value}))
