"""Who may write templates and see messages: the policy, role by role."""

import pytest

from shared.authz.decisions import Policies, policies_of
from shared.authz.model import SUITE, Resource
from shared.authz.sources import schema_of, text_of
from shared.ids import new_id
from tests.support.actors import citizen, staff

POLICIES = policies_of("notifications")
CONTACT = new_id()
MESSAGE = Resource("Message", str(new_id()), "city.permits", {"contact": str(CONTACT)})

ROLES = (
    "agent", "caseworker", "team_lead", "decision_maker", "case_designer", "knowledge_editor", "campaign_officer",
    "records_officer", "privacy_officer", "security_officer", "auditor", "administrator", "migration", "system",
)  # fmt: skip
MAY = {
    "add_template": {"knowledge_editor", "campaign_officer", "administrator"},
    "get_template": {
        "agent", "caseworker", "team_lead", "decision_maker", "case_designer", "knowledge_editor", "campaign_officer",
        "auditor", "administrator", "privacy_officer",
    },
    "get_message": {"agent", "caseworker", "team_lead", "decision_maker", "privacy_officer"},
    "count_messages": {"team_lead", "campaign_officer", "auditor", "administrator", "privacy_officer"},
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", MAY)
def test_a_role_may_do_what_is_its_own_and_nothing_else(action: str, role: str) -> None:
    resource = MESSAGE if action == "get_message" else SUITE
    assert POLICIES.decide(staff(role), action, resource).allowed == (role in MAY[action])


@pytest.mark.parametrize(("department", "allowed"), [("city", True), ("city.permits", True), ("city.tax", False)])
def test_messages_stay_in_their_department(department: str, allowed: bool) -> None:
    assert POLICIES.decide(staff("agent", department=department), "get_message", MESSAGE).allowed is allowed


def test_privacy_officers_see_over_the_wall() -> None:
    assert POLICIES.decide(staff("privacy_officer", department="city.tax"), "get_message", MESSAGE).allowed


def test_citizens_see_their_own_messages_and_nobody_elses() -> None:
    assert POLICIES.decide(citizen(CONTACT), "get_message", MESSAGE).allowed
    assert not POLICIES.decide(citizen(new_id()), "get_message", MESSAGE).allowed
    assert not POLICIES.decide(citizen(CONTACT), "count_messages").allowed


NEW_ACTION = """
action "cancel_message" appliesTo { principal: [Actor], resource: [Message], context: { purpose: String } };
"""
NEW_PERMIT = """
@id("test.privacy-officers-cancel") @fields("*")
permit (principal in Role::"privacy_officer", action == Action::"cancel_message", resource);
"""


def test_privacy_officers_see_over_the_wall_but_do_nothing_beyond_it() -> None:
    policies = Policies(text_of("notifications") + NEW_PERMIT, schema_of("notifications") + NEW_ACTION)
    elsewhere, here = (staff("privacy_officer", department=place) for place in ("city.tax", "city.permits"))
    assert policies.decide(elsewhere, "get_message", MESSAGE).allowed
    assert policies.decide(elsewhere, "list_messages", MESSAGE).allowed
    assert policies.decide(here, "cancel_message", MESSAGE).allowed
    refused = policies.decide(elsewhere, "cancel_message", MESSAGE)
    assert (refused.allowed, refused.policies) == (False, ("notifications.wall-messages-stay-in-their-department",))


def test_a_citizen_who_is_no_contact_sees_no_message() -> None:
    assert not POLICIES.decide(citizen(CONTACT).model_copy(update={"contact_id": None}), "get_message", MESSAGE).allowed
