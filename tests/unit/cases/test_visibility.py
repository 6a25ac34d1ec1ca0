"""A list shows exactly what a look would: both ask the same policies."""

from itertools import combinations
from uuid import UUID

import pytest

from services.cases.application.visibility import resource_of, sight_of
from services.cases.domain.case import Case
from shared.authz.decisions import ActorPermissions, policies_of
from shared.authz.model import Decision, Resource
from shared.authz.reach import ASSIGNED, CONTACT, DEPARTMENT, Reach, relation_to
from shared.contracts.actor import Actor, Grant, GrantKind, Kind
from tests.unit.cases.test_case import AT

ROLES = (
    "agent", "caseworker", "team_lead", "decision_maker", "records_officer", "privacy_officer", "auditor",
    "administrator", "migration", "citizen", "system",
)  # fmt: skip
MINE, OTHERS = UUID(int=1), UUID(int=2)
GRANTS: dict[str, tuple[Grant, ...]] = {
    "nothing": (),
    "a role for two cases": tuple(
        Grant(kind=GrantKind.SPECIFIC, resource=UUID(int=n), role="caseworker") for n in (16, 17)
    ),
    "an emergency": (Grant(kind=GrantKind.CHALLENGED, resource=OTHERS, role="agent"),),
    "a conflict about somebody": (Grant(kind=GrantKind.EXCLUDED, resource=MINE),),
    "a role and a conflict": (
        Grant(kind=GrantKind.SPECIFIC, resource=UUID(int=4), role="auditor"),
        Grant(kind=GrantKind.EXCLUDED, resource=UUID(int=4)),
        Grant(kind=GrantKind.SPECIFIC, resource=OTHERS, role="records_officer"),
    ),
}


def actor(*roles: str, contact: UUID | None = None, grants: tuple[Grant, ...] = ()) -> Actor:
    kind = Kind.CITIZEN if "citizen" in roles else Kind.STAFF
    return Actor(id=UUID(int=99), kind=kind, roles=roles, department="city.permits", contact_id=contact, grants=grants)


def cases() -> list[Case]:
    return [
        Case(UUID(int=n), "C", "t", 1, contact, "s", department, AT, AT, assigned_to=assigned)
        for n, (contact, department, assigned) in enumerate(
            (contact, department, assigned)
            for contact in (MINE, OTHERS)
            for department in ("city.permits", "city.permits.street", "city", "city.permitsandmore", "county")
            for assigned in (UUID(int=99), UUID(int=98), None)
        )
    ]


def reached(case: Case, reach: Reach, asking: Actor) -> bool:
    """As a store would see it."""
    named = {case.id, case.contact_id}
    if named.intersection(reach.excluded):
        return False
    relation = relation_to(resource_of(case, asking), asking)
    return bool(named.intersection(reach.granted)) or any(one <= relation for one in reach.relations)


@pytest.mark.parametrize("grants", GRANTS.values(), ids=GRANTS.keys())
@pytest.mark.parametrize("roles", [*((role,) for role in ROLES), *combinations(ROLES[:7], 2)], ids="+".join)
@pytest.mark.parametrize("contact", [MINE, None], ids=["known", "unknown"])
def test_what_the_store_looks_through_is_what_the_policies_allow(
    roles: tuple[str, ...], contact: UUID | None, grants: tuple[Grant, ...]
) -> None:
    permissions = ActorPermissions(policies_of("cases"), actor(*roles, contact=contact, grants=grants))
    sight = sight_of(permissions)
    reach = sight.reach()
    for case in cases():
        resource = resource_of(case, permissions.actor)
        looked = permissions.decide("get_case", resource)
        assert sight.of(resource) == looked
        assert reached(case, reach, permissions.actor) == looked.allowed


class Counting:
    """Permissions that count how often they are asked."""

    def __init__(self, asking: Actor) -> None:
        self._behind, self.actor, self.asked = ActorPermissions(policies_of("cases"), asking), asking, 0
        self.require, self.knock = self._behind.require, self._behind.knock

    def decide(self, action: str, resource: Resource) -> Decision:
        self.asked += 1
        return self._behind.decide(action, resource)


def test_however_long_a_list_is_each_likeness_is_decided_once() -> None:
    permissions = Counting(actor("caseworker"))
    sight = sight_of(permissions)  # type: ignore[arg-type]
    sight.reach()
    for _ in range(3):
        for case in cases():
            sight.of(resource_of(case, permissions.actor))
    assert permissions.asked == 4, "in the department or not, in hand or not"


def test_a_caseworker_reaches_their_department_and_what_they_have_in_hand() -> None:
    permissions = ActorPermissions(policies_of("cases"), actor("caseworker"))
    assert set(sight_of(permissions).reach().relations) == {frozenset({DEPARTMENT}), frozenset({ASSIGNED})}


def test_a_citizen_reaches_their_own_cases_wherever_they_are() -> None:
    permissions = ActorPermissions(policies_of("cases"), actor("citizen", contact=MINE))
    assert sight_of(permissions).reach().relations == (frozenset({CONTACT}),)


def test_an_auditor_sees_what_was_done_not_what_was_answered() -> None:
    permissions = ActorPermissions(policies_of("cases"), actor("auditor"))
    sight = sight_of(permissions)
    decision = sight.of(resource_of(cases()[0], permissions.actor))
    assert decision.allowed
    assert not decision.shows("data")
    assert decision.shows("outcome")
    assert sight.reach(showing=("data",)).nothing


def test_what_is_looked_for_is_looked_for_only_where_it_is_shown() -> None:
    granted = GRANTS["a role for two cases"]
    permissions = ActorPermissions(policies_of("cases"), actor("auditor", grants=granted))
    reach = sight_of(permissions).reach(showing=("data",))
    assert reach.relations == ()
    assert set(reach.granted) == {grant.resource for grant in granted}


def test_who_has_no_role_here_reaches_nothing() -> None:
    permissions = ActorPermissions(policies_of("cases"), actor("system"))
    assert sight_of(permissions).reach().nothing
