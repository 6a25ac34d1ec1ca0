"""Acting for somebody else: given by who may, seen by whom it concerns, ended at once, never lent on."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.gateway.domain.authority_errors import (
    AuthorityOver,
    AuthorityTooLong,
    AuthorityUnknown,
    ColleagueUnknown,
    OwnAuthority,
    RoleNotYours,
)
from services.gateway.domain.errors import AssignmentUnknown, PeriodImpossible, StaffUnknown
from shared.authz.decisions import PolicyRefused
from shared.clock import now
from shared.contracts.actor import Actor, Grant, GrantKind, Kind
from shared.contracts.gateway.acting import DelegateDuties, EndAuthority, GrantMandate, ListAuthorities
from shared.contracts.gateway.assignments import (
    AssignRole,
    ChallengeAccess,
    DeclareConflict,
    EndAssignment,
    GetAssignment,
    ListAssignments,
    ReviewChallenge,
)
from shared.contracts.gateway.staff import DeactivateStaff, StaffView
from shared.ids import new_id
from tests.support.actors import staff
from tests.support.directory import Directory, acting_as

CONTACT, CARER = uuid4(), uuid4()


def in_days(days: int) -> datetime:
    return now() + timedelta(days=days)


def citizen(contact: UUID, **more: object) -> Actor:
    given = {"id": new_id(), "kind": Kind.CITIZEN, "roles": ("citizen",), "department": "public", "contact_id": contact}
    return Actor.model_validate(given | more)


def sure(view: StaffView, *roles: str, **more: object) -> Actor:
    return acting_as(view, *roles, assurance="aal2", authenticated_at=int(now().timestamp()), **more)


def mandate(**other: object) -> GrantMandate:
    given = {"principal": CONTACT, "representative": CARER, "ends_at": in_days(100), "reason": "carer"}
    return GrantMandate.model_validate(given | other)


def test_a_citizen_lets_somebody_act_for_them(directory: Directory) -> None:
    granted = directory.ask(citizen(CONTACT), mandate())
    assert (granted.kind, granted.in_force) == ("mandate", True)
    (told,) = directory.told("authority.granted.v1")
    assert told.data["principal"] == str(CONTACT)


def test_a_citizen_gives_nobody_elses_mandate(directory: Directory) -> None:
    with pytest.raises(PolicyRefused):
        directory.ask(citizen(CARER), mandate())
    assert directory.told() == []


def test_a_representative_does_not_lend_on_what_was_lent(directory: Directory) -> None:
    with pytest.raises(PolicyRefused):
        directory.ask(citizen(CONTACT, on_behalf_of=CONTACT), mandate(representative=uuid4()))


def test_staff_who_saw_the_proof_record_a_mandate(directory: Directory) -> None:
    assert directory.ask(staff("agent"), mandate()).in_force
    with pytest.raises(PolicyRefused):
        directory.ask(staff("campaign_officer"), mandate())


def test_both_sides_see_it_and_either_ends_it_and_a_stranger_does_neither(directory: Directory) -> None:
    granted = directory.ask(citizen(CONTACT), mandate())
    for side in (citizen(CONTACT), citizen(CARER), staff("auditor")):
        assert [one.id for one in directory.ask(side, ListAuthorities()).items] == [granted.id]
    stranger = citizen(uuid4())
    assert directory.ask(stranger, ListAuthorities()).items == ()
    with pytest.raises(AuthorityUnknown):
        directory.ask(stranger, EndAuthority(authority_id=granted.id, reason="malice"))
    ended = directory.ask(citizen(CARER), EndAuthority(authority_id=granted.id, reason="moved"))
    assert not ended.in_force
    with pytest.raises(AuthorityOver):
        directory.ask(citizen(CONTACT), EndAuthority(authority_id=granted.id, reason="moved"))


@pytest.mark.parametrize(
    ("spoiled", "error"),
    [
        ({"representative": CONTACT}, OwnAuthority),
        ({"ends_at": in_days(-1)}, PeriodImpossible),
        ({"ends_at": in_days(3_000)}, AuthorityTooLong),
        ({"begins_at": in_days(50), "ends_at": in_days(40)}, PeriodImpossible),
    ],
    ids=["for oneself", "past", "for ever", "backwards"],
)
def test_bad_input_grants_nothing(directory: Directory, spoiled: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        directory.ask(citizen(CONTACT), mandate(**spoiled))
    assert directory.told() == []


def delegation(to: UUID, **other: object) -> DelegateDuties:
    given = {"representative": to, "roles": ("caseworker",), "ends_at": in_days(14), "reason": "leave"}
    return DelegateDuties.model_validate(given | other)


def test_somebody_on_leave_lends_their_role_to_a_colleague(directory: Directory) -> None:
    away, here = directory.provision(), directory.provision()
    granted = directory.ask(sure(away, "caseworker", "team_lead"), delegation(here.id))
    assert (granted.kind, granted.principal, granted.roles) == ("delegation", away.id, ("caseworker",))


def test_nobody_lends_a_role_that_they_have_not_or_that_oversees(directory: Directory) -> None:
    here = directory.provision()
    with pytest.raises(RoleNotYours):
        directory.ask(staff("agent"), delegation(here.id))
    with pytest.raises(RoleNotYours):
        directory.ask(staff("auditor"), delegation(here.id, roles=("auditor",)))


def test_duties_go_to_a_colleague_who_works_here(directory: Directory) -> None:
    elsewhere = directory.provision(department="city.parks")
    for to in (uuid4(), elsewhere.id):
        with pytest.raises(ColleagueUnknown):
            directory.ask(staff("caseworker", department="city.permits"), delegation(to))


def test_a_delegate_does_not_delegate(directory: Directory) -> None:
    here = directory.provision()
    lent = staff("caseworker").model_copy(update={"on_behalf_of": uuid4()})
    with pytest.raises(PolicyRefused):
        directory.ask(lent, delegation(here.id))


def test_what_staff_record_holds_for_a_year_and_ones_own_word_longer(directory: Directory) -> None:
    with pytest.raises(AuthorityTooLong):
        directory.ask(staff("agent"), mandate(ends_at=in_days(367)))
    assert directory.ask(staff("agent"), mandate(ends_at=in_days(365))).in_force
    assert directory.ask(citizen(CONTACT), mandate(ends_at=in_days(367))).in_force


def test_whoever_is_kept_out_of_a_contact_lets_nobody_in(directory: Directory) -> None:
    kept_out = (Grant(kind=GrantKind.EXCLUDED, resource=CONTACT),)
    excluded = staff("agent").model_copy(update={"grants": kept_out})
    with pytest.raises(PolicyRefused) as refused:
        directory.ask(excluded, mandate())
    assert refused.value.details["policies"] == ["gateway.wall-a-conflict-of-interest-keeps-out-of-mandates"]
    granted = directory.ask(citizen(CONTACT), mandate())
    with pytest.raises(AuthorityUnknown):
        directory.ask(excluded, EndAuthority(authority_id=granted.id, reason="moved"))
    assert directory.ask(excluded, mandate(principal=CARER, representative=uuid4())).in_force


def test_a_role_for_one_contact_does_not_say_who_else_may_act_for_them(directory: Directory) -> None:
    lent = (Grant(kind=GrantKind.SPECIFIC, resource=CONTACT, role="agent"),)
    with pytest.raises(PolicyRefused):
        directory.ask(staff("campaign_officer").model_copy(update={"grants": lent}), mandate())


@pytest.mark.parametrize("weak", [{"assurance": "aal1"}, {"authenticated_at": None}, {"authenticated_at": 1}])
def test_whoever_works_here_lets_others_act_after_a_fresh_second_factor(
    directory: Directory, weak: dict[str, object]
) -> None:
    agent, here = staff("agent").model_copy(update=weak), directory.provision()
    for wish in (mandate(), delegation(here.id, roles=("agent",))):
        with pytest.raises(PolicyRefused) as refused:
            directory.ask(agent, wish)
        assert refused.value.details["step_up"] == {"level": "aal2", "max_age": 900}
    assert directory.ask(citizen(CONTACT), mandate()).in_force


def test_a_representative_neither_ends_nor_sees_the_other_mandates_of_whom_they_act_for(directory: Directory) -> None:
    other = directory.ask(citizen(CONTACT), mandate(representative=uuid4()))
    carer = citizen(CARER)
    acts = carer.model_copy(update={"contact_id": CONTACT, "on_behalf_of": CONTACT})
    assert directory.ask(acts, ListAuthorities()).items == ()
    with pytest.raises((AuthorityUnknown, PolicyRefused)):
        directory.ask(acts, EndAuthority(authority_id=other.id, reason="malice"))
    (still,) = directory.ask(citizen(CONTACT), ListAuthorities()).items
    assert still.in_force


def for_them(view: StaffView, kind: Kind, *roles: str) -> Actor:
    """Somebody who acts for a member of staff: a colleague, or a system that was given their token."""
    return Actor(
        id=new_id(),
        kind=kind,
        roles=roles,
        department=view.department,
        assurance="aal2",
        authenticated_at=int(now().timestamp()),
        scopes=("contacts_read", "cases_read", "record_read"),
        on_behalf_of=view.id,
    )


@pytest.mark.parametrize("kind", [Kind.STAFF, Kind.SYSTEM])
def test_whoever_acts_for_somebody_gives_them_no_power_and_frees_them_of_nothing(
    directory: Directory, kind: Kind
) -> None:
    lead = directory.provision()
    excluded = directory.ask(sure(lead, "team_lead"), DeclareConflict(about=uuid4(), reason="spouse"))
    glass = ChallengeAccess(role="team_lead", about=uuid4(), reason="danger", note="A child is alone.", minutes=30)
    broken = directory.ask(sure(lead, "team_lead"), glass)
    acts = for_them(lead, kind, "team_lead", "security_officer", "administrator")
    before = directory.told()
    wishes = (
        AssignRole(staff_id=lead.id, role="auditor", reason="x"),
        EndAssignment(assignment_id=excluded.id, reason="lifted"),
        ReviewChallenge(assignment_id=broken.id, outcome="justified", note="It was right."),
        DeclareConflict(about=uuid4(), reason="spouse"),
        glass.model_copy(update={"about": uuid4()}),
        DeactivateStaff(staff_id=lead.id, reason="left"),
    )
    for wish in wishes:
        with pytest.raises((PolicyRefused, StaffUnknown, AssignmentUnknown)):
            directory.ask(acts, wish)
    assert directory.told() == before


def test_what_is_ones_own_is_not_looked_at_in_a_role_that_was_lent(directory: Directory) -> None:
    away = directory.provision()
    given = directory.assign(away, "agent")
    lent = for_them(away, Kind.STAFF, "agent")
    with pytest.raises(AssignmentUnknown):
        directory.ask(lent, GetAssignment(assignment_id=given.id))
    with pytest.raises(PolicyRefused):
        directory.ask(lent, ListAssignments())
    assert directory.ask(acting_as(away, "agent"), ListAssignments()).items == (given,)
