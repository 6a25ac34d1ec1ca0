"""What an actor was granted for one resource: a role there and nowhere else, and exclusions that nothing outweighs."""

from uuid import uuid4

import pytest

from services.gateway.deciding import decide as may_ask
from shared.authz.decisions import policies_of
from shared.authz.model import Resource
from shared.contracts.actor import Actor, Grant, GrantKind, Kind
from shared.observability import metrics

CASE, OTHER, CONTACT = uuid4(), uuid4(), uuid4()


def staff(*grants: Grant, roles: tuple[str, ...] = ("caseworker",), department: str = "city.permits") -> Actor:
    return Actor(id=uuid4(), kind=Kind.STAFF, roles=roles, department=department, grants=grants)


def case(id: object = CASE, contact: object = CONTACT) -> Resource:
    return Resource("Case", str(id), "city.permits", {"contact": str(contact), "assigned": False})


def grant(kind: GrantKind, resource: object = CASE, role: str | None = None) -> Grant:
    return Grant(kind=kind, resource=resource, role=role)


def test_a_caseworker_sees_the_cases_of_their_department() -> None:
    assert policies_of("cases").decide(staff(), "get_case", case()).allowed


@pytest.mark.parametrize("conflict", [CASE, CONTACT], ids=["case", "contact"])
@pytest.mark.parametrize("besides", [None, GrantKind.SPECIFIC, GrantKind.CHALLENGED])
def test_a_conflict_of_interest_outweighs_whatever_else_was_granted(
    conflict: object, besides: GrantKind | None
) -> None:
    grants = [grant(GrantKind.EXCLUDED, conflict)]
    if besides is not None:
        grants.append(grant(besides, role="caseworker"))
    decision = policies_of("cases").decide(staff(*grants), "get_case", case())
    assert not decision.allowed
    assert decision.policies == ("cases.wall-a-conflict-of-interest-keeps-out",)


def test_a_conflict_keeps_out_of_that_case_only() -> None:
    excluded = staff(grant(GrantKind.EXCLUDED, CASE))
    assert policies_of("cases").decide(excluded, "get_case", case(OTHER, uuid4())).allowed


def test_a_role_for_one_case_is_a_role_for_no_other() -> None:
    helper = staff(grant(GrantKind.SPECIFIC, CASE, "caseworker"), roles=("knowledge_editor",))
    cases = policies_of("cases")
    assert cases.decide(helper, "get_case", case()).allowed
    assert not cases.decide(helper, "get_case", case(OTHER, uuid4())).allowed


def test_a_role_for_one_case_opens_the_door_but_starts_nothing_new() -> None:
    helper = staff(grant(GrantKind.SPECIFIC, CASE, "caseworker"), roles=("knowledge_editor",))
    assert may_ask(helper, "cases", "open_case").allowed, "the gateway cannot know which case it will be"
    assert not policies_of("cases").decide(helper, "open_case").allowed, "the owner does"


def test_a_role_for_one_case_opens_its_wall_for_that_role_alone() -> None:
    cases = policies_of("cases")
    reader = staff(grant(GrantKind.SPECIFIC, CASE, "auditor"), department="county")
    assert cases.decide(reader, "get_case", case()).fields == {"contact_id", "outcome"}, "a caseworker elsewhere"
    assert not cases.decide(reader, "take_case_event", case()).allowed


@pytest.mark.parametrize("kind", [GrantKind.SPECIFIC, GrantKind.CHALLENGED])
def test_a_decision_says_which_roles_count_here(kind: GrantKind) -> None:
    helper = staff(grant(kind, CASE, "decision_maker"), department="county")
    assert policies_of("cases").decide(helper, "take_case_event", case()).roles == {"decision_maker"}
    here = staff(grant(kind, CASE, "decision_maker"))
    assert policies_of("cases").decide(here, "take_case_event", case()).roles == {"caseworker", "decision_maker"}
    assert policies_of("cases").decide(here, "take_case_event", case(OTHER, uuid4())).roles == {"caseworker"}


def test_a_citizen_is_granted_nothing() -> None:
    person = staff(grant(GrantKind.SPECIFIC, CASE, "caseworker"), roles=("citizen",)).model_copy(
        update={"kind": Kind.CITIZEN, "contact_id": OTHER}
    )
    assert not policies_of("cases").decide(person, "get_case", case()).allowed
    assert may_ask(person, "cases", "list_case_types").policies == ("cases.citizens-see-what-they-may-ask-for",)


def test_an_erring_policy_denies_and_is_counted_for_an_alarm() -> None:
    before = counted("get_case")
    broken = Resource("Case", str(CASE), "county", {"contact": str(CONTACT)})
    assert policies_of("cases").decide(staff(), "get_case", broken).policies == ("error",)
    assert counted("get_case") == before + 1


def counted(action: str) -> float:
    return float(metrics.policies_erred.labels(action)._value.get())
