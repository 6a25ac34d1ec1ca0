"""Roles given for a time: by whom they may be, to whom, and what no grant ever outweighs."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.gateway.domain.errors import (
    AlreadyAssigned,
    AssignmentOver,
    AssignmentUnknown,
    Contradictory,
    LastAdministrator,
    PeriodImpossible,
    RoleAboveAuthority,
    RoleUnknown,
    StaffInactive,
    StaffUnknown,
    TooManyGrants,
)
from services.gateway.domain.roles import GUARDED, ROLES
from shared.authz.decisions import PolicyRefused
from shared.contracts.gateway.assignments import (
    AssignRole,
    DeclareConflict,
    EndAssignment,
    GetAssignment,
    ListAssignments,
)
from shared.contracts.gateway.staff import DeactivateStaff, GetStaff, ReactivateStaff, RemoveStaff
from tests.support.actors import staff
from tests.support.directory import Directory, acting_as

ABOUT = uuid4()


def test_a_role_is_given_seen_and_taken_back_and_the_world_is_told_without_the_note(directory: Directory) -> None:
    carl = directory.provision()
    given = directory.assign(carl, "caseworker", note="Covers for Ada, who is ill.")

    assert given.in_force
    assert directory.ask(directory.administrator, GetStaff(staff_id=carl.id)).roles == ("caseworker",)
    assert directory.ask(acting_as(carl), GetAssignment(assignment_id=given.id)).note == given.note
    ended = directory.ask(directory.administrator, EndAssignment(assignment_id=given.id, reason="moved"))

    assert (ended.in_force, ended.end_reason) == (False, "moved")
    assert directory.ask(directory.administrator, GetStaff(staff_id=carl.id)).roles == ()
    (assigned,), (taken,) = directory.told("role.assigned.v1"), directory.told("assignment.ended.v1")
    assert (assigned.data["role"], assigned.version, taken.version) == ("caseworker", 1, 2)
    assert "Ada" not in str(assigned.data)
    assert len(assigned.data["digest"]) == 64
    with pytest.raises(AssignmentOver):
        directory.ask(directory.administrator, EndAssignment(assignment_id=given.id, reason="moved"))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_administrators_give_what_does_not_watch_over_them_and_security_officers_the_rest(
    directory: Directory, role: str
) -> None:
    carl = directory.provision()
    may, may_not = directory.administrator, directory.security_officer
    if role in GUARDED:
        may, may_not = may_not, may
    with pytest.raises(RoleAboveAuthority):
        directory.assign(carl, role, by=may_not)
    assert directory.assign(carl, role, by=may).role == role


def test_a_team_lead_gives_roles_for_one_case_in_their_department_and_no_more(directory: Directory) -> None:
    lead = staff("team_lead", department="city.permits")
    carl, elsewhere = directory.provision(), directory.provision(department="city.parking")

    assert directory.assign(carl, "caseworker", by=lead, kind="specific", about=ABOUT).about == ABOUT
    with pytest.raises(RoleAboveAuthority):
        directory.assign(carl, "caseworker", by=lead)
    with pytest.raises(RoleAboveAuthority):
        directory.assign(carl, "case_designer", by=lead, kind="specific", about=ABOUT)
    with pytest.raises(StaffUnknown):
        directory.assign(elsewhere, "caseworker", by=lead, kind="specific", about=ABOUT)


def test_nobody_gives_themselves_a_role(directory: Directory) -> None:
    abel = directory.provision(department="city")
    for kind, about in (("standard", None), ("specific", ABOUT)):
        with pytest.raises(PolicyRefused) as refused:
            directory.assign(abel, "caseworker", by=acting_as(abel, "administrator"), kind=kind, about=about)
        assert "gateway.wall-nobody-gives-themselves-a-role" in refused.value.details["policies"]
    assert directory.told("role.assigned.v1") == []


@pytest.mark.parametrize("role", sorted(ROLES - {"administrator", "security_officer", "privacy_officer", "team_lead"}))
def test_nobody_without_authority_gives_anything(directory: Directory, role: str) -> None:
    carl = directory.provision()
    with pytest.raises((PolicyRefused, StaffUnknown)):
        directory.assign(carl, "caseworker", by=staff(role, department="city"))


def test_a_role_may_lie_ahead_and_never_ends_before_it_begins(directory: Directory) -> None:
    carl = directory.provision()
    now = datetime.now(UTC)
    ahead = directory.assign(carl, "caseworker", begins_at=now + timedelta(days=1), ends_at=now + timedelta(days=2))
    assert not ahead.in_force
    assert directory.ask(directory.administrator, GetStaff(staff_id=carl.id)).roles == ()
    for begins, ends in ((1, 1), (2, 1), (0, -1), (-1, 1)):
        with pytest.raises(PeriodImpossible):
            directory.assign(carl, "agent", begins_at=now + timedelta(days=begins), ends_at=now + timedelta(days=ends))


def test_the_same_is_not_given_twice_for_the_same_time(directory: Directory) -> None:
    carl = directory.provision()
    now = datetime.now(UTC)
    directory.assign(carl, "agent", ends_at=now + timedelta(days=1))
    with pytest.raises(AlreadyAssigned):
        directory.assign(carl, "agent")
    directory.assign(carl, "agent", begins_at=now + timedelta(days=1))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"role": None}, Contradictory),
        ({"kind": "excluded", "about": ABOUT}, Contradictory),
        ({"kind": "specific"}, Contradictory),
        ({"about": ABOUT}, Contradictory),
        ({"role": "king"}, RoleUnknown),
        ({"role": "citizen"}, RoleUnknown),
        ({"role": "system"}, RoleUnknown),
    ],
    ids=str,
)
def test_what_contradicts_itself_is_refused(
    directory: Directory, fields: dict[str, Any], error: type[Exception]
) -> None:
    carl = directory.provision()
    wish = {"staff_id": carl.id, "role": "agent", "reason": "joined"} | fields
    with pytest.raises(error):
        directory.ask(directory.administrator, AssignRole(**wish))


def test_nobody_inactive_is_given_anything(directory: Directory) -> None:
    carl = directory.provision(active=False)
    with pytest.raises(StaffInactive):
        directory.assign(carl, "agent")


def test_a_hundred_grants_for_single_resources_are_enough_and_an_exclusion_finds_room(directory: Directory) -> None:
    carl = directory.provision()
    for _ in range(100):
        directory.assign(carl, "agent", kind="specific", about=uuid4())
    with pytest.raises(TooManyGrants):
        directory.assign(carl, "agent", kind="specific", about=uuid4())
    assert directory.ask(acting_as(carl, "agent"), DeclareConflict(about=ABOUT)).kind == "excluded"


def test_whoever_has_a_role_may_give_it_back(directory: Directory) -> None:
    carl = directory.provision()
    given = directory.assign(carl, "caseworker")
    assert directory.ask(acting_as(carl, "caseworker"), EndAssignment(assignment_id=given.id, reason="over")).ended_by


def test_an_assignment_of_somebody_else_is_nobodys_business(directory: Directory) -> None:
    carl = directory.provision()
    given = directory.assign(carl, "caseworker")
    for stranger in (staff("agent"), staff("administrator", department="city.parking")):
        with pytest.raises(AssignmentUnknown):
            directory.ask(stranger, GetAssignment(assignment_id=given.id))
        with pytest.raises(AssignmentUnknown):
            directory.ask(stranger, EndAssignment(assignment_id=given.id, reason="why_not"))
        assert directory.ask(stranger, ListAssignments()).items == ()
    auditor = staff("auditor", department="city.parking")
    assert directory.ask(auditor, GetAssignment(assignment_id=given.id)).hidden == ("note",)


def test_the_last_administrator_stays_one(directory: Directory) -> None:
    abel, anna = directory.provision(), directory.provision()
    first = directory.assign(abel, "administrator", by=directory.security_officer)
    second = directory.assign(anna, "administrator", by=directory.security_officer)
    directory.ask(directory.security_officer, EndAssignment(assignment_id=second.id, reason="moved"))

    for wish in (
        DeactivateStaff(staff_id=abel.id),
        RemoveStaff(staff_id=abel.id),
        EndAssignment(assignment_id=first.id, reason="moved"),
    ):
        by = directory.security_officer if isinstance(wish, EndAssignment) else directory.administrator
        with pytest.raises(LastAdministrator):
            directory.ask(by, wish)
    assert directory.ask(directory.administrator, GetStaff(staff_id=abel.id)).roles == ("administrator",)


def test_a_leaver_comes_back_with_nothing_but_what_keeps_them_out(directory: Directory) -> None:
    carl = directory.provision()
    directory.assign(carl, "caseworker")
    directory.assign(carl, "agent", kind="specific", about=ABOUT)
    directory.ask(acting_as(carl), DeclareConflict(about=ABOUT))

    directory.ask(directory.administrator, DeactivateStaff(staff_id=carl.id))
    directory.ask(directory.administrator, ReactivateStaff(staff_id=carl.id))

    left = directory.ask(directory.administrator, ListAssignments(staff_id=carl.id, in_force=True)).items
    assert [one.kind for one in left] == ["excluded"]
    assert len(directory.told("assignment.ended.v1")) == 2


def test_a_list_shows_what_a_look_shows(directory: Directory) -> None:
    carl, otto = directory.provision(), directory.provision(department="city.parking")
    every = [directory.assign(carl, "agent"), directory.assign(otto, "agent"), directory.assign(otto, "caseworker")]
    for looker in (
        directory.administrator, directory.security_officer, acting_as(carl), acting_as(otto, "team_lead"),
        staff("auditor"), staff("team_lead"), staff("privacy_officer", department="city.parking"),
    ):  # fmt: skip
        shown = []
        for one in every:
            try:
                shown.append(directory.ask(looker, GetAssignment(assignment_id=one.id)))
            except AssignmentUnknown:
                continue
        assert list(directory.ask(looker, ListAssignments()).items) == shown[::-1], looker.roles
