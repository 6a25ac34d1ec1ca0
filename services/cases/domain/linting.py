"""Whether a bundle makes sense as a whole: every state reached and left, every step takeable, every name known."""

import re
from collections import Counter
from collections.abc import Iterable

from services.cases.domain.bundle import OPENED, Bundle, FormField, Step
from services.cases.domain.deadlines import Calendars
from services.cases.domain.faults import Faults, pointer
from services.cases.domain.forms import Schemas
from services.cases.domain.guards import Guards
from services.cases.domain.roles import OPENERS, TAKERS

ANSWER = re.compile(r"\bdata\.([A-Za-z_][A-Za-z0-9_]*)")


def lint(bundle: Bundle, faults: Faults, *, guards: Guards, schemas: Schemas, calendars: Calendars) -> None:
    """Add every fault of the bundle's meaning to `faults`."""
    _names(bundle, faults)
    _schema(bundle, faults, schemas)
    _form(bundle, bundle.form, pointer("form"), faults)
    for name in bundle.prefill:
        if name not in bundle.properties():
            faults.add(pointer("prefill", name), "is not an answer of the schema")
    for position, step in enumerate(bundle.steps):
        _step(bundle, step, pointer("events", position), faults, guards)
    _paths(bundle, faults)
    if bundle.deadline and (wrong := calendars.fault(bundle.deadline.calendar, bundle.deadline.timezone)):
        faults.add(pointer("deadline"), wrong)


def _names(bundle: Bundle, faults: Faults) -> None:
    _twice("states", (state.key for state in bundle.states), faults)
    _twice("events", (step.key for step in bundle.steps), faults)
    if bundle.initial not in {state.key for state in bundle.states}:
        faults.add("/initial", f"{bundle.initial!r} is not a state")
    for role in bundle.openers:
        if role not in OPENERS:
            faults.add("/opened_by", f"{role!r} is not a role that opens cases: {', '.join(sorted(OPENERS))}")


def _twice(what: str, keys: Iterable[str], faults: Faults) -> None:
    for key, count in Counter(keys).items():
        if count > 1 and key:
            faults.add(f"/{what}", f"{key!r} is there {count} times")


def _schema(bundle: Bundle, faults: Faults, schemas: Schemas) -> None:
    if wrong := schemas.fault(bundle.schema):
        faults.add("/schema", wrong)
    if bundle.schema.get("type") != "object":
        faults.add("/schema/type", "must be object: a form is a set of named answers")
    if "required" in bundle.schema:
        faults.add("/schema/required", "belongs to the forms: give the field the mode mandatory where it is asked for")


def _form(bundle: Bundle, fields: tuple[FormField, ...], place: str, faults: Faults) -> None:
    for field in fields:
        if field.name and field.name not in bundle.properties():
            faults.add(place, f"{field.name!r} is not an answer of the schema")
    for name, count in Counter(field.name for field in fields).items():
        if count > 1 and name:
            faults.add(place, f"{name!r} is there {count} times")


def _step(bundle: Bundle, step: Step, place: str, faults: Faults, guards: Guards) -> None:
    if step.key == OPENED:
        faults.add(place, f"{OPENED!r} is what the first line of every history is called")
    _sources(bundle, step, place, faults)
    if not step.roles:
        faults.add(place, f"{step.key!r} may be taken by nobody: name its roles")
    for role in step.roles:
        if role not in TAKERS:
            faults.add(place, f"{step.key!r} is given to {role!r}, which is no role that works on cases")
    _form(bundle, step.fields, place + pointer("fields"), faults)
    _targets(bundle, step, place, faults, guards)
    if step.guard:
        _expression(bundle, step.guard, place + pointer("guard"), faults, guards)
    if step.template and not step.outcome:
        faults.add(place, f"{step.key!r} names a template but no outcome to tell of")


def _sources(bundle: Bundle, step: Step, place: str, faults: Faults) -> None:
    states = {state.key: state for state in bundle.states}
    if not step.sources:
        faults.add(place, f"{step.key!r} starts from no state")
    for source in step.sources:
        if source not in states:
            faults.add(place, f"{step.key!r} starts from {source!r}, which is not a state")
        elif states[source].final:
            faults.add(place, f"{step.key!r} starts from {source!r}, but a closed case takes no steps")


def _targets(bundle: Bundle, step: Step, place: str, faults: Faults, guards: Guards) -> None:
    states = {state.key: state for state in bundle.states}
    if not step.targets:
        faults.add(place, f"{step.key!r} leads nowhere: name a state in `to`")
    for position, target in enumerate(step.targets):
        last = position == len(step.targets) - 1
        if target.to not in states:
            faults.add(place, f"{step.key!r} leads to {target.to!r}, which is not a state")
        elif states[target.to].final and not step.outcome and not bundle.permissive:
            faults.add(place, f"{step.key!r} closes the case in {target.to!r} without an outcome")
        if last and target.when is not None:
            faults.add(
                place, f"{step.key!r} leads nowhere when no condition holds: end `to` with one that has no `when`"
            )
        if not last and target.when is None:
            faults.add(place, f"{step.key!r}: what follows {target.to!r} is never reached, because it has no `when`")
        if target.when is not None:
            _expression(bundle, target.when, place + pointer("to", position, "when"), faults, guards)


def _expression(bundle: Bundle, expression: str, place: str, faults: Faults, guards: Guards) -> None:
    if wrong := guards.fault(expression):
        faults.add(place, wrong)
    for name in ANSWER.findall(expression):
        if name not in bundle.properties():
            faults.add(place, f"{name!r} is not an answer of the schema")


def _paths(bundle: Bundle, faults: Faults) -> None:
    known = {state.key for state in bundle.states}
    final = {state.key for state in bundle.states if state.final}
    forward: dict[str, set[str]] = {key: set() for key in known}
    backward: dict[str, set[str]] = {key: set() for key in known}
    for step in bundle.steps:
        for source in known.intersection(step.sources):
            for target in known.intersection(target.to for target in step.targets):
                forward[source].add(target)
                backward[target].add(source)
    reached = _closure({bundle.initial} & known, forward)
    ending = _closure(final, backward)
    for position, state in enumerate(bundle.states):
        place = pointer("states", position)
        if state.key not in reached:
            faults.add(place, f"{state.key!r} is never reached from {bundle.initial!r}")
        if bundle.permissive:
            continue
        if not state.final and not forward[state.key]:
            faults.add(place, f"{state.key!r} is a dead end: no step leaves it and it is not final")
        elif state.key not in ending:
            faults.add(place, f"no way leads from {state.key!r} to the end of the case")
    if not final and not bundle.permissive:
        faults.add("/states", "none is final: a case of this type could never close")


def _closure(start: set[str], edges: dict[str, set[str]]) -> set[str]:
    seen, todo = set(start), list(start)
    while todo:
        for following in edges[todo.pop()] - seen:
            seen.add(following)
            todo.append(following)
    return seen
