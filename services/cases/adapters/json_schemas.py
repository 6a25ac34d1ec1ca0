"""Forms checked against JSON Schema 2020-12: never over the network, in linear time, without echoing an answer."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jsonschema_rs

from services.cases.domain.faults import pointer

MASK = "the answer"
ROOM = 1_000


class JsonSchemas:
    """Validators, made once per schema."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Mapping[str, Any], jsonschema_rs.Draft202012Validator]] = {}

    def errors(self, schema: Mapping[str, Any], data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        for error in self._validator(schema).iter_errors(data):
            yield from _described(error)

    def fault(self, schema: Mapping[str, Any]) -> str | None:
        try:
            _validator(schema)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            said = str(error).splitlines()[0][:300]
            place = pointer(*getattr(error, "instance_path", ()))
            return f"is not a JSON Schema that can be used here{f' (at {place})' if place else ''}: {said}"
        return None

    def _validator(self, schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
        made = self._made.get(id(schema))
        if made is None or made[0] is not schema:
            if len(self._made) >= ROOM:
                self._made.clear()
            made = self._made[id(schema)] = (schema, _validator(schema))
        return made[1]


def _validator(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        dict(schema), validate_formats=True, mask=MASK, pattern_options=jsonschema_rs.RegexOptions(), offline=True
    )


def _described(error: jsonschema_rs.ValidationError) -> Iterator[tuple[str, str]]:
    place = pointer(*error.instance_path)
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Required(property=missing):
            yield place + pointer(missing), "is asked for and missing"
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties():
            yield place, "holds an answer that is not known here"
        case _:
            yield place, error.message
