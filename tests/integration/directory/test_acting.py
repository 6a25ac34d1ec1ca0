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
from services.gateway.domain.errors import PeriodImpossible
from shared.authz.decisions import PolicyRefused
from shared.clock import now
from shared.contracts.actor import Actor, Kind
from shared.contracts.gateway.acting import DelegateDuties, EndAuthority, GrantMandate, ListAuthorities
from shared.ids import new_id
from tests.support.actors import staff
from tests.support.directory import Directory, acting_as

CONTACT, CARER = uuid4(), uuid4()


def in_days(days: int) -> datetime:
    return now() + timedelta(days=days)


def citizen(contact: UUID, **more: object) -> Actor:
    given = {"id": new_id(), "kind": Kind.CITIZEN, "roles": ("citizen",), "department": "public", "contact_id": contact}
    return Actor.model_validate(given | more)


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
    granted = directory.ask(acting_as(away, "caseworker", "team_lead"), delegation(here.id))
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
