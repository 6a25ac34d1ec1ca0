"""What an actor was granted for one resource: a role there and nowhere else, and exclusions that nothing outweighs."""

from uuid import uuid4

import pytest

from services.gateway.deciding import decide as may_ask
from shared.authz.decisions import policies_of
from shared.authz.model import Resource
from shared.contracts.actor import Actor, Grant, GrantKind, Kind

CASE, OTHER, CONTACT = uuid4(), uuid4(), uuid4()


def staff(*grants: Grant, roles: tuple[str, ...] = ("caseworker",), department: str = "city.permits") -> Actor:
    return Actor(id=uuid4(), kind=Kind.STAFF, roles=roles, department=department, grants=grants)


def case(id: object = CASE, contact: object = CONTACT) -> Resource:
    return Resource("Case", str(id), "city.permits", {"contact": str(contact), "assigned": False})


def grant(kind: GrantKind, resource: object = CASE, role: str | None = None) -> Grant:
    return Grant(kind=kind, resource=resource, role=role)  # type: ignore[arg-type]


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
