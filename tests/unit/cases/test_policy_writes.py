"""A privacy officer looks over every wall and changes nothing behind it, whatever else they are."""

import pytest

from shared.authz.decisions import policies_of
from shared.authz.model import Resource
from tests.support.actors import staff

WORKING = ("agent", "caseworker", "team_lead", "decision_maker", "migration", "case_designer")
READS = ("list_cases", "get_case", "list_case_events")
WRITES = ("open_case", "take_case_event")
AMONG_CONTACTS = ("register_contact", "amend_contact", "record_interaction")


def case(department: str) -> Resource:
    return Resource("Case", "1", department, {"contact": "somebody", "assigned": False})


def interaction(department: str) -> Resource:
    return Resource("Interaction", "1", department, {"contact": "somebody"})


def allowed(service: str, roles: tuple[str, ...], action: str, resource: Resource) -> bool:
    return policies_of(service).decide(staff(*roles), action, resource).allowed


@pytest.mark.parametrize("role", WORKING)
@pytest.mark.parametrize("write", WRITES)
def test_a_privacy_officer_who_also_works_changes_no_case_of_another_department(role: str, write: str) -> None:
    both = (role, "privacy_officer")
    assert not allowed("cases", both, write, case("city.parking"))
    # at home the second role takes nothing from the first
    assert allowed("cases", both, write, case("city.permits")) == allowed("cases", (role,), write, case("city.permits"))


@pytest.mark.parametrize("role", WORKING)
@pytest.mark.parametrize("read", READS)
def test_a_privacy_officer_who_also_works_sees_the_cases_of_every_department(role: str, read: str) -> None:
    assert allowed("cases", (role, "privacy_officer"), read, case("city.parking"))


@pytest.mark.parametrize("role", WORKING)
@pytest.mark.parametrize("write", AMONG_CONTACTS)
def test_a_privacy_officer_who_also_works_changes_no_interaction_of_another_department(role: str, write: str) -> None:
    assert not allowed("contacts", (role, "privacy_officer"), write, interaction("city.parking"))


@pytest.mark.parametrize("role", WORKING)
def test_a_privacy_officer_who_also_works_sees_the_interactions_of_every_department(role: str) -> None:
    assert allowed("contacts", (role, "privacy_officer"), "see_interaction", interaction("city.parking"))
