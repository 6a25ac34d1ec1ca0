"""A list shows exactly what a look would: both ask the same policies."""

from itertools import combinations
from uuid import UUID

import pytest

from services.cases.application.ports import ASSIGNED, CONTACT, DEPARTMENT
from services.cases.application.visibility import RELATIONS, decisions, reach, relation_of, resource_of
from services.cases.domain.case import Case
from shared.authz.decisions import ActorPermissions, policies_of
from shared.contracts.actor import Actor, Kind
from tests.unit.cases.test_case import AT

ROLES = (
    "agent", "caseworker", "team_lead", "decision_maker", "records_officer", "privacy_officer", "auditor",
    "administrator", "migration", "citizen", "system",
)  # fmt: skip
MINE, OTHERS = UUID(int=1), UUID(int=2)


def actor(*roles: str, contact: UUID | None = None) -> Actor:
    kind = Kind.CITIZEN if "citizen" in roles else Kind.STAFF
    return Actor(id=UUID(int=9), kind=kind, roles=roles, department="city.permits", contact_id=contact)


def cases() -> list[Case]:
    return [
        Case(UUID(int=n), "C", "t", 1, contact, "s", department, AT, AT, assigned_to=assigned)
        for n, (contact, department, assigned) in enumerate(
            (contact, department, assigned)
            for contact in (MINE, OTHERS)
            for department in ("city.permits", "city.permits.street", "city", "city.permitsandmore", "county")
            for assigned in (UUID(int=9), UUID(int=8), None)
        )
    ]


@pytest.mark.parametrize("roles", [*((role,) for role in ROLES), *combinations(ROLES, 2)], ids="+".join)
@pytest.mark.parametrize("contact", [MINE, None], ids=["known", "unknown"])
def test_what_the_store_looks_through_is_what_the_policies_allow(roles: tuple[str, ...], contact: UUID | None) -> None:
    permissions = ActorPermissions(policies_of("cases"), actor(*roles, contact=contact))
    decided = decisions(permissions)
    reached = reach(decided, permissions.actor).relations
    for case in cases():
        looked = permissions.decide("get_case", resource_of(case, permissions.actor))
        relation = relation_of(case, permissions.actor)
        assert decided[relation] == looked
        assert any(one <= relation for one in reached) == looked.allowed


def test_every_relation_is_asked_for() -> None:
    assert len(RELATIONS) == 8


def test_a_caseworker_reaches_their_department_and_what_they_have_in_hand() -> None:
    permissions = ActorPermissions(policies_of("cases"), actor("caseworker"))
    assert set(reach(decisions(permissions), permissions.actor).relations) == {
        frozenset({DEPARTMENT}),
        frozenset({ASSIGNED}),
    }


def test_a_citizen_reaches_their_own_cases_wherever_they_are() -> None:
    permissions = ActorPermissions(policies_of("cases"), actor("citizen", contact=MINE))
    assert reach(decisions(permissions), permissions.actor).relations == (frozenset({CONTACT}),)


def test_an_auditor_sees_what_was_done_not_what_was_answered() -> None:
    permissions = ActorPermissions(policies_of("cases"), actor("auditor"))
    decision = decisions(permissions)[frozenset({DEPARTMENT})]
    assert decision.allowed
    assert not decision.shows("data")
    assert decision.shows("outcome")


def test_who_has_no_role_here_reaches_nothing() -> None:
    permissions = ActorPermissions(policies_of("cases"), actor("system"))
    assert reach(decisions(permissions), permissions.actor).relations == ()
