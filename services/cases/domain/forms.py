"""What a form asks, and whether an answer will do: modes first, then the case type's JSON Schema."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from services.cases.domain.bundle import Bundle, FormField
from services.cases.domain.errors import FormFaulty
from services.cases.domain.faults import Faults, pointer

DATA = "data"
"""Where the answers stand in what was sent."""
LONGEST_NAME = 64


class Schemas(Protocol):
    """JSON Schema 2020-12, whoever implements it."""

    def errors(self, schema: Mapping[str, Any], data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What is wrong with `data`: JSON pointer and reason, never repeating what was sent."""
        ...

    def fault(self, schema: Mapping[str, Any]) -> str | None:
        """What is wrong with the schema itself, None where nothing is."""
        ...


def answered(
    bundle: Bundle, fields: tuple[FormField, ...], held: Mapping[str, Any], sent: Mapping[str, Any], schemas: Schemas
) -> dict[str, Any]:
    """The case's answers after this form; raises FormFaulty that names every answer that will not do.

    An answer of null takes an optional one back.
    """
    faults = Faults()
    modes = {field.name: field.mode for field in fields}
    for name in sent:
        _accept(name, bundle, modes, faults)
    merged = {name: value for name, value in {**held, **sent}.items() if value is not None}
    for name, mode in modes.items():
        if mode == "mandatory" and merged.get(name) in (None, ""):
            faults.add(pointer(DATA, name), "is asked for and missing")
    if sent and not faults:
        for place, detail in schemas.errors(bundle.schema, merged):
            faults.add(pointer(DATA) + place, detail)
    if faults:
        raise FormFaulty(errors=faults.found)
    return merged


def changed(bundle: Bundle, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the answers that differ, of those that the case type declares."""
    names = bundle.properties()
    return tuple(
        sorted(name for name in before.keys() | after.keys() if name in names and before.get(name) != after.get(name))
    )


def form_of(bundle: Bundle, fields: tuple[FormField, ...]) -> dict[str, Any]:
    """The form as a JSON Schema of its own, so that any frontend can draw and check it."""
    if not fields:
        return {}
    properties = bundle.properties()
    shown = {
        field.name: {**properties.get(field.name, {}), "readOnly": True}
        if field.mode == "readonly"
        else properties.get(field.name, {})
        for field in fields
    }
    form: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": shown,
        "required": [field.name for field in fields if field.mode == "mandatory"],
        "additionalProperties": False,
    }
    if "$defs" in bundle.schema:
        form["$defs"] = bundle.schema["$defs"]
    return form


def _accept(name: str, bundle: Bundle, modes: Mapping[str, str], faults: Faults) -> None:
    # a name that nobody knows came from outside, so it is not repeated
    if modes.get(name) == "readonly":
        faults.add(pointer(DATA, name), "is only shown here and cannot be changed by this step")
    elif name not in modes and not bundle.permissive:
        asked = ", ".join(name for name, mode in modes.items() if mode != "readonly")
        faults.add(pointer(DATA), f"holds an answer that is not asked for here; asked for are {asked or 'none'}")
    elif len(name) > LONGEST_NAME:
        faults.add(pointer(DATA), f"holds a name longer than {LONGEST_NAME} characters")
