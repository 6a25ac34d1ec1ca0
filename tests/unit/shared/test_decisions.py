"""Denied by default, denied by a wall, denied on any error; and what is hidden is not even said to exist."""

from typing import Any
from uuid import UUID

import pytest

from shared.authz.decisions import CONTRACTS, ActorPermissions, Policies, PolicyRefused, policies_of
from shared.authz.model import SUITE, Decision, Resource
from shared.contracts.actor import Actor
from shared.errors import Forbidden, NotFound
from shared.events.topology import SERVICES
from tests.support.actors import citizen, staff

SCHEMA = (
    (CONTRACTS / "actor.cedarschema").read_text()
    + """
entity Thing in [Department] { owner: String, size: Long };
action "see", "change", "list", "weigh" appliesTo {
  principal: [Actor], resource: [Suite, Thing], context: { purpose: String }
};
"""
)
POLICY = """
@id("things.staff-see") @fields("name")
permit (principal in Role::"agent", action in [Action::"see", Action::"list"], resource);
@id("things.leads-see-more") @fields("email phone")
permit (principal in Role::"team_lead", action in [Action::"see", Action::"change"], resource);
@id("things.owners-see-all") @fields("*")
permit (principal, action == Action::"see", resource is Thing) when { resource.owner == principal.contact };
@id("things.wall")
forbid (principal, action, resource is Thing) when { principal.kind == "staff" } unless {
  resource in principal.department
};
@id("things.for-a-reason")
permit (principal in Role::"auditor", action == Action::"list", resource) when { context.purpose == "audit" };
@id("things.weighed")
permit (principal in Role::"agent", action == Action::"weigh", resource);
@id("things.weighed-and-light")
permit (principal in Role::"agent", action == Action::"weigh", resource is Thing)
when { resource.size + 9223372036854775807 > 0 };
"""
OF_ONES_OWN = {
    "add_client_key",
    "declare_conflict",
    "delegate_duties",
    "end_assignment",
    "end_authority",
    "find_staff",
    "find_teams",
    "get_assignment",
    "get_authority",
    "get_client",
    "get_staff",
    "get_team",
    "list_assignments",
    "list_authorities",
    "list_clients",
    "list_staff",
    "list_teams",
    "remove_client_key",
    "suspend_client",
}
"""What anybody who works here may ask for: the walls leave them what is their own."""
FOR_EVERYBODY = {
    "describe_api",
    "end_my_session",
    "follow_events",
    "get_checkpoint",
    "get_consistency_proof",
    "get_inclusion_proof",
    "list_my_sessions",
    "list_purposes",
    "see_cases",
    "see_contacts",
    "see_interactions",
    "see_messages",
    "who_am_i",
}
"""Who one is, why data is read, what proves the record, and which of these they see: each decided by itself."""
POLICIES = Policies(POLICY, SCHEMA)
CONTACT = UUID("018f2b6e-7c1a-7d3e-9f00-cccccccccccc")


def thing(department: str = "city.permits", owner: str = "somebody", **attributes: Any) -> Resource:
    return Resource("Thing", "1", department, {"owner": owner, "size": 1} | attributes)


class ThingUnknown(NotFound):
    """There is no such thing."""


def test_what_no_policy_permits_is_denied() -> None:
    decision = POLICIES.decide(staff("agent"), "change", thing())
    assert decision == Decision(allowed=False, policies=(), fields=frozenset())


def test_an_unknown_action_is_denied() -> None:
    assert not POLICIES.decide(staff("agent"), "no_such_action", thing()).allowed


def test_a_role_nobody_defined_permits_nothing() -> None:
    assert not POLICIES.decide(staff("emperor"), "see", thing()).allowed


def test_a_permit_names_itself_and_the_fields_it_shows() -> None:
    decision = POLICIES.decide(staff("agent"), "see", thing())
    assert decision == Decision(allowed=True, policies=("things.staff-see",), fields=frozenset({"name"}))


def test_fields_of_all_satisfied_permits_are_shown_together() -> None:
    decision = POLICIES.decide(staff("agent", "team_lead"), "see", thing())
    assert decision.fields == {"name", "email", "phone"}
    assert decision.policies == ("things.leads-see-more", "things.staff-see")


def test_everything_is_shown_to_whose_it_is() -> None:
    decision = POLICIES.decide(citizen(CONTACT), "see", thing("elsewhere", str(CONTACT)))
    assert decision.shows("anything at all")


def test_a_denied_decision_shows_no_field() -> None:
    decision = POLICIES.decide(staff("agent", department="elsewhere"), "see", thing())
    assert (decision.allowed, decision.fields, decision.policies) == (False, frozenset(), ("things.wall",))


@pytest.mark.parametrize(
    ("department", "owned_by", "inside"),
    [
        ("city", "city", True),
        ("city", "city.permits", True),
        ("city", "city.permits.street", True),
        ("city.permits", "city.permits", True),
        ("city.permits", "city", False),
        ("city.permits", "city.housing", False),
        ("city.permits", "city.permitsoffice", False),
        ("city.permits", "county.permits", False),
    ],
)
def test_a_wall_encloses_a_department_and_what_is_below_it(department: str, owned_by: str, inside: bool) -> None:
    assert POLICIES.decide(staff("agent", department=department), "see", thing(owned_by)).allowed is inside


def test_a_forbid_wins_over_every_permit() -> None:
    everyone = staff("agent", "team_lead", department="elsewhere").model_copy(update={"contact_id": CONTACT})
    assert not POLICIES.decide(everyone, "see", thing(owner=str(CONTACT))).allowed


@pytest.mark.parametrize(("purpose", "allowed"), [("audit", True), ("curiosity", False), (None, False)])
def test_a_purpose_can_be_asked_for(purpose: str | None, allowed: bool) -> None:
    auditor = staff("auditor").model_copy(update={"purpose": purpose})
    assert POLICIES.decide(auditor, "list").allowed is allowed


def test_an_erring_policy_denies_although_another_permits() -> None:
    assert POLICIES.decide(staff("agent"), "weigh", SUITE).allowed
    decision = POLICIES.decide(staff("agent"), "weigh", thing(size=1))
    assert decision == Decision(allowed=False, policies=("error",), fields=frozenset())


@pytest.mark.parametrize("size", [None, 1.5])
def test_an_attribute_that_no_policy_can_read_denies(size: Any) -> None:
    unreadable = Resource("Thing", "1", "city.permits", {"owner": "", "size": size})
    decision = POLICIES.decide(staff("agent"), "see", unreadable)
    assert decision == Decision(allowed=False, policies=("error",), fields=frozenset())


def test_a_missing_attribute_denies() -> None:
    nameless = Resource("Thing", "1", "city.permits", {"size": 1})
    decision = POLICIES.decide(staff("agent"), "see", nameless)
    assert decision == Decision(allowed=False, policies=("error",), fields=frozenset())


def test_a_policy_that_does_not_fit_its_schema_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Policies('permit (principal, action == Action::"fly", resource);', SCHEMA)
    with pytest.raises(ValueError, match=r".+"):
        Policies("permit (principal, action", SCHEMA)


def test_requiring_answers_with_the_decision_or_says_which_policies_refused() -> None:
    assert POLICIES.require(staff("agent"), "see", thing()).allowed
    with pytest.raises(PolicyRefused) as refused:
        POLICIES.require(staff("agent", department="elsewhere"), "see", thing())
    assert refused.value.details == {"action": "see", "policies": ["things.wall"]}
    assert refused.value.error_code == "policy"


def permissions(actor: Actor) -> ActorPermissions:
    return ActorPermissions(POLICIES, actor)


def test_who_may_see_but_not_change_is_forbidden() -> None:
    with pytest.raises(Forbidden):
        permissions(staff("agent")).require("change", thing(), see="see", unknown=ThingUnknown)


def test_who_may_not_even_see_is_told_that_there_is_nothing() -> None:
    with pytest.raises(ThingUnknown):
        permissions(staff("agent", department="elsewhere")).require("change", thing(), see="see", unknown=ThingUnknown)
    with pytest.raises(ThingUnknown):
        permissions(staff("agent", department="elsewhere")).require("see", thing(), see="see", unknown=ThingUnknown)


def test_who_may_is_answered_with_the_decision() -> None:
    lead = permissions(staff("team_lead"))
    assert lead.require("change", thing(), see="see", unknown=ThingUnknown).fields == {"email", "phone"}
    assert lead.actor.roles == ("team_lead",)


@pytest.mark.parametrize("service", SERVICES)
def test_the_policies_of_every_service_fit_their_schema(service: str) -> None:
    assert policies_of(service) is policies_of(service)


@pytest.mark.parametrize("service", sorted({*SERVICES} - {"gateway"}))  # what the gateway owns: see test_doors.py
def test_somebody_without_a_role_may_do_nothing(service: str) -> None:
    schema = (CONTRACTS / service / "schema.cedarschema").read_text()
    actions = [word for line in schema.splitlines() if line.startswith("action") for word in line.split('"')[1::2]]
    nobody = staff(department="city")
    allowed = {action for action in actions if policies_of(service).decide(nobody, action).allowed}
    assert allowed <= FOR_EVERYBODY | OF_ONES_OWN


def test_ids_are_data_and_not_policy() -> None:
    tricky = 'x" } } permit(principal, action, resource); //'
    resource = Resource("Thing", tricky, "city.permits", {"owner": tricky, "size": 1})
    assert not POLICIES.decide(staff("nobody"), "see", resource).allowed
