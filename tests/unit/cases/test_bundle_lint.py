"""A bundle that makes no sense is refused with every fault named."""

from copy import deepcopy
from typing import Any

import pytest

from services.cases.domain.roles import OPENERS, TAKERS
from shared.authz.decisions import policies_of
from shared.authz.model import Resource
from tests.support.actors import staff
from tests.support.case_bundles import SMALL, bundle_of, faults_of, stored


def small(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(dict(SMALL)), **changes}


def with_event(**changes: Any) -> dict[str, Any]:
    bundle = small()
    bundle["events"][0] |= changes
    return bundle


@pytest.mark.parametrize("name", ["street-permit", "receipt-migration"])
def test_the_bundles_of_this_repository_have_no_fault(name: str) -> None:
    assert stored(name).key == name


def test_the_small_bundle_has_no_fault() -> None:
    assert faults_of(SMALL) == []


@pytest.mark.parametrize(
    ("bundle", "fault"),
    [
        (with_event(to="nowhere"), "/bundle/events/0: 'check' leads to 'nowhere', which is not a state"),
        (with_event(**{"from": ["asked", "x"]}), "/bundle/events/0: 'check' starts from 'x', which is not a state"),
        (with_event(**{"from": ["given"]}), "closed case takes no steps"),
        (with_event(**{"from": []}), "'check' starts from no state"),
        (with_event(roles=[]), "may be taken by nobody"),
        (with_event(roles=["auditor"]), "is given to 'auditor', which is no role that works on cases"),
        (with_event(key="give"), "/bundle/events: 'give' is there 2 times"),
        (with_event(key="opened"), "'opened' is what the first line"),
        (with_event(to="given"), "closes the case in 'given' without an outcome"),
        (with_event(to=[]), "leads nowhere"),
        (with_event(to=[{"to": "checked", "when": "data.zone == 1"}]), "leads nowhere when no condition holds"),
        (with_event(to=[{"to": "checked"}, {"to": "asked"}]), "is never reached, because it has no `when`"),
        (with_event(guard="data.zone =="), "/bundle/events/0/guard: cannot be read as an expression"),
        (with_event(guard="data.colour == 'red'"), "/bundle/events/0/guard: 'colour' is not an answer of the schema"),
        (with_event(fields=[{"name": "colour"}]), "/bundle/events/0/fields: 'colour' is not an answer of the schema"),
        (with_event(fields=[{"name": "plate"}, {"name": "plate"}]), "'plate' is there 2 times"),
        (with_event(fields=[{"name": "plate", "mode": "maybe"}]), "must be one of mandatory, optional, readonly"),
        (with_event(template="t"), "names a template but no outcome"),
        (with_event(comment="never"), "must be optional or required"),
        (with_event(unknown=1), "/bundle/events/0/unknown: is not known here"),
        (small(form=[{"name": "colour"}]), "/bundle/form: 'colour' is not an answer of the schema"),
        (small(prefill={"colour": "contact.name"}), "/bundle/prefill/colour: is not an answer of the schema"),
        (small(prefill={"plate": "contact.salary"}), "must come from one of contact.name"),
        (small(initial="nowhere"), "/bundle/initial: 'nowhere' is not a state"),
        (small(opened_by=["auditor"]), "'auditor' is not a role that opens cases"),
        (small(deadline={"working_days": 0, "calendar": "NL"}), "must be a whole number from 1 to 3650"),
        (small(deadline={"working_days": 5, "calendar": "ATLANTIS"}), "'ATLANTIS' is not a calendar we know"),
        (small(deadline={"working_days": 5, "calendar": "NL", "timezone": "Mars/Base"}), "is not a timezone we know"),
        (small(schema={"type": "array"}), "/bundle/schema/type: must be object"),
        (small(schema={"type": "object", "required": ["plate"]}), "belongs to the forms"),
        (small(schema={"type": "object", "properties": {"plate": {"type": "colour"}}}), "is not a JSON Schema"),
        (small(schema={"type": "object", "$ref": "http://127.0.0.1:9/x"}), "Retrieval is disabled"),
        (small(key="Parking"), "/bundle/key: must be a lower-case word"),
        (small(title="two\nlines"), "/bundle/title: must not contain control characters"),
        (small(states=[]), "/bundle/states: there are none"),
        (small(department="City Hall"), "must be a department such as city.permits"),
    ],
)
def test_a_fault_is_named_with_its_place(bundle: dict[str, Any], fault: str) -> None:
    assert any(fault in found for found in faults_of(bundle)), faults_of(bundle)


def test_a_state_that_nothing_leads_to_is_named() -> None:
    bundle = small()
    bundle["states"].append({"key": "lost", "title": "Lost", "final": True})
    assert faults_of(bundle) == ["/bundle/states/3: 'lost' is never reached from 'asked'"]


def test_a_state_that_nothing_leaves_is_named() -> None:
    bundle = small()
    bundle["states"].append({"key": "stuck", "title": "Stuck"})
    bundle["events"].append({"key": "jam", "title": "Jam", "from": ["asked"], "to": "stuck", "roles": ["caseworker"]})
    assert faults_of(bundle) == ["/bundle/states/3: 'stuck' is a dead end: no step leaves it and it is not final"]


def test_a_circle_without_a_way_out_is_named() -> None:
    bundle = small()
    bundle["states"] += [{"key": "left", "title": "Left"}, {"key": "right", "title": "Right"}]
    for source, target in (("asked", "left"), ("left", "right"), ("right", "left")):
        event = {"key": f"{source}-{target}", "title": "Go", "from": [source], "to": target, "roles": ["caseworker"]}
        bundle["events"].append(event)
    assert [fault.split(": ")[1] for fault in faults_of(bundle)] == [
        "no way leads from 'left' to the end of the case",
        "no way leads from 'right' to the end of the case",
    ]


def test_every_fault_is_named_at_once() -> None:
    bundle = with_event(to="nowhere", roles=[])
    bundle["prefill"] = {"colour": "contact.name"}
    assert faults_of(bundle) == [
        "/bundle/prefill/colour: is not an answer of the schema",
        "/bundle/events/0: 'check' may be taken by nobody: name its roles",
        "/bundle/events/0: 'check' leads to 'nowhere', which is not a state",
        "/bundle/states/0: 'asked' is a dead end: no step leaves it and it is not final",
        "/bundle/states/1: 'checked' is never reached from 'asked'",
        "/bundle/states/2: 'given' is never reached from 'asked'",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: &x [1]\nb: *x", "line 1, column 4: anchors and aliases are not used here"),
        ("a: 1\na: 2", "line 2, column 1: 'a' is there twice"),
        ("a: {b: 1, b: 2}", "'b' is there twice"),
        ("a: [", "line 2"),
        ("[" * 100_000, "is nested too deep or too large"),
        ("x: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("1: 2", "a name must be text"),
        ("\x00", "cannot be read as YAML"),
        ("just text", "must be a mapping of names to values"),
    ],
)
def test_a_text_that_is_no_bundle_is_refused_with_the_place(text: str, fault: str) -> None:
    assert any(fault in found for found in faults_of(text)), faults_of(text)


def test_the_code_of_norway_is_not_a_falsehood() -> None:
    bundle = bundle_of(small(deadline={"working_days": 5, "calendar": "NO"}))
    assert bundle.deadline is not None
    assert bundle.deadline.calendar == "NO"


def test_a_permissive_bundle_takes_any_step_from_any_open_state() -> None:
    bundle = stored("receipt-migration")
    assert len(bundle.legal_from("received")) == 27
    assert {role for step in bundle.steps for role in step.roles} == {"migration"}


@pytest.mark.parametrize(("action", "roles"), [("take_case_event", TAKERS), ("open_case", OPENERS)])
def test_a_bundle_may_name_exactly_the_roles_that_the_policies_let_act(action: str, roles: frozenset[str]) -> None:
    every = [
        "agent",
        "caseworker",
        "team_lead",
        "decision_maker",
        "case_designer",
        "knowledge_editor",
        "campaign_officer",
        "records_officer",
        "privacy_officer",
        "security_officer",
        "auditor",
        "administrator",
        "migration",
        "citizen",
        "system",
    ]
    policies = policies_of("cases")
    allowed = {role for role in every if policies.decide(staff(role), action).allowed}
    assert allowed == roles
    case = Resource("Case", "c", "city.permits", {"contact": "x", "assigned": False})
    assert {role for role in every if policies.decide(staff(role), action, case).allowed} == roles - {"citizen"}
