"""From the plain mappings of a file to a `Bundle`, or to every fault of its shape."""

from collections.abc import Mapping
from typing import Any

from services.cases.domain.bundle import MODES, Bundle, Deadline, FormField, PostState, State, Step
from services.cases.domain.faults import Faults, pointer
from services.cases.domain.reading_fields import Reader
from services.cases.domain.roles import DEFAULT_OPENERS

BUNDLE = (
    "key", "title", "department", "initial", "states", "events", "opened_by", "schema", "form", "prefill",
    "deadline", "templates", "permissive",
)  # fmt: skip
STATE = ("key", "title", "public", "final")
EVENT = ("key", "title", "from", "to", "roles", "fields", "guard", "outcome", "template", "comment")
SOURCES = ("contact.name", "contact.email", "contact.phone")


def read(raw: Any, faults: Faults) -> Bundle:
    """The bundle that `raw` describes. Only use it when no fault was found."""
    top = Reader(raw, "", faults, BUNDLE)
    permissive = top.flag("permissive")
    states = tuple(
        _state(Reader(item, pointer("states", n), faults, STATE)) for n, item in enumerate(top.items("states", 200))
    )
    if not states:
        top.fault("states", "there are none")
    initial = top.code("initial", states[0].key) if states else ""
    open_states = tuple(state.key for state in states if not state.final)
    steps = tuple(
        _step(Reader(item, pointer("events", n), faults, EVENT), open_states if permissive else (), faults)
        for n, item in enumerate(top.items("events", 500))
    )
    return Bundle(
        key=top.code("key"),
        title=top.text("title"),
        initial=initial,
        states=states,
        steps=steps,
        openers=top.codes("opened_by") or (("migration",) if permissive else DEFAULT_OPENERS),
        schema=_schema(top),
        form=_fields(top, "form", faults),
        prefill=_prefill(top),
        deadline=_deadline(top),
        opened_template=top.mapping("templates", ("opened",)).optional_code("opened"),
        department=top.department("department"),
        permissive=permissive,
    )


def _state(reader: Reader) -> State:
    return State(reader.code("key"), reader.text("title"), reader.text("public", ""), reader.flag("final"))


def _step(reader: Reader, open_states: tuple[str, ...], faults: Faults) -> Step:
    comment = reader.text("comment", "optional")
    if comment not in ("optional", "required"):
        reader.fault("comment", "must be optional or required")
    return Step(
        key=reader.code("key"),
        title=reader.text("title"),
        sources=reader.codes("from") or open_states,
        targets=_targets(reader, faults),
        roles=reader.codes("roles") or (("migration",) if open_states else ()),
        fields=_fields(reader, "fields", faults),
        guard=reader.expression("guard"),
        outcome=reader.optional_code("outcome"),
        template=reader.optional_code("template"),
        comment_required=comment == "required",
    )


def _targets(reader: Reader, faults: Faults) -> tuple[PostState, ...]:
    if isinstance(reader.raw.get("to"), str):
        return (PostState(reader.code("to")),)
    found = []
    for position, item in enumerate(reader.items("to", 50)):
        one = Reader(item, reader.place + pointer("to", position), faults, ("to", "when"))
        found.append(PostState(one.code("to"), one.expression("when")))
    return tuple(found)


def _fields(reader: Reader, key: str, faults: Faults) -> tuple[FormField, ...]:
    found = []
    for position, item in enumerate(reader.items(key, 200)):
        one = Reader(item, reader.place + pointer(key, position), faults, ("name", "mode"))
        mode = next((mode for mode in MODES if mode == one.raw.get("mode", "optional")), None)
        if mode is None:
            one.fault("mode", f"must be one of {', '.join(MODES)}")
        found.append(FormField(one.name("name"), mode or "optional"))
    return tuple(found)


def _schema(top: Reader) -> Mapping[str, Any]:
    schema = top.raw.get("schema", {"type": "object"})
    if not isinstance(schema, Mapping):
        top.fault("schema", "must be a JSON Schema, as a mapping")
        return {"type": "object"}
    return schema


def _prefill(top: Reader) -> Mapping[str, str]:
    raw = top.raw.get("prefill", {})
    if not isinstance(raw, Mapping):
        top.fault("prefill", "must be a mapping of answers to what is known of the contact")
        return {}
    for name, source in raw.items():
        if source not in SOURCES:
            top.fault("prefill", f"{str(name)[:64]!r} must come from one of {', '.join(SOURCES)}")
    return {str(name): source for name, source in raw.items() if source in SOURCES}


def _deadline(top: Reader) -> Deadline | None:
    if top.raw.get("deadline") is None:
        return None
    reader = top.mapping("deadline", ("working_days", "calendar", "timezone"))
    return Deadline(
        reader.number("working_days", 1, 3_650), reader.text("calendar", longest=20), reader.text("timezone", "UTC", 64)
    )
