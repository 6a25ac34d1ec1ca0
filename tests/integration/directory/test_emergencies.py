"""Breaking the glass: short, reasoned, alarmed, judged by somebody else, and never over a conflict of interest."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from services.gateway.domain.errors import (
    AlreadyReviewed,
    AssignmentUnknown,
    Excluded,
    NotAChallenge,
    RoleAboveAuthority,
)
from services.gateway.domain.periods import Emergencies
from shared.authz.decisions import PolicyRefused
from shared.contracts.actor import Actor
from shared.contracts.gateway.assignments import (
    AssignmentView,
    ChallengeAccess,
    DeclareConflict,
    EndAssignment,
    ListChallenges,
    ReviewChallenge,
)
from shared.contracts.gateway.staff import StaffView
from tests.support.actors import staff
from tests.support.directory import Directory, acting_as

WHY = "The neighbour reports gas and the owner is away."


@pytest.fixture
def carl(directory: Directory) -> StaffView:
    return directory.provision()


def proven(view: StaffView, *roles: str) -> Actor:
    now = int(datetime.now(UTC).timestamp())
    return acting_as(view, *(roles or ("caseworker",)), assurance="aal2", authenticated_at=now)


def challenge(directory: Directory, by: Actor, about: UUID | None = None, **more: object) -> AssignmentView:
    wish = {"about": about or uuid4(), "role": "caseworker", "reason": "danger_to_life", "note": WHY} | more
    answer: AssignmentView = directory.ask(by, ChallengeAccess(**wish))
    return answer


def test_it_is_short_told_as_an_alarm_and_waits_for_judgement(directory: Directory, carl: StaffView) -> None:
    taken = challenge(directory, proven(carl), minutes=30)

    assert (taken.kind, taken.holder, taken.granted_by, taken.in_force) == ("challenged", carl.id, carl.id, True)
    assert taken.ends_at is not None
    assert taken.ends_at - taken.begins_at <= timedelta(minutes=30)
    (alarm,) = directory.told("access.challenged.v1")
    assert (alarm.data["holder"], alarm.data["about"]) == (str(carl.id), str(taken.about))
    assert "gas" not in str(alarm.data)
    assert [one.id for one in directory.ask(directory.security_officer, ListChallenges()).items] == [taken.id]


def test_it_needs_a_second_factor(directory: Directory, carl: StaffView) -> None:
    with pytest.raises(PolicyRefused) as refused:
        challenge(directory, acting_as(carl, "caseworker"))
    assert refused.value.details["step_up"]["level"] == "aal2"
    assert directory.told("access.challenged.v1") == []


@pytest.mark.parametrize("note", ["", "because", "         x", "\n" * 40])
def test_it_needs_a_reason_that_can_be_judged(note: str) -> None:
    with pytest.raises(ValidationError):
        ChallengeAccess(about=uuid4(), role="agent", reason="danger_to_life", note=note)


@pytest.mark.parametrize("role", ["administrator", "auditor", "team_lead", "decision_maker", "citizen"])
def test_nobody_rises_above_themselves_in_an_emergency(directory: Directory, carl: StaffView, role: str) -> None:
    with pytest.raises(RoleAboveAuthority):
        challenge(directory, proven(carl), role=role)


@pytest.mark.parametrize("role", ["auditor", "administrator", "citizen", "system", "migration"])
def test_only_those_who_serve_people_break_the_glass(directory: Directory, carl: StaffView, role: str) -> None:
    with pytest.raises(PolicyRefused):
        challenge(directory, proven(carl, role), role=role)


def test_it_never_reaches_what_a_conflict_of_interest_keeps_them_out_of(directory: Directory, carl: StaffView) -> None:
    about = uuid4()
    exclusion = directory.ask(acting_as(carl, "caseworker"), DeclareConflict(about=about, note="My cousin."))
    with pytest.raises(Excluded):
        challenge(directory, proven(carl), about)
    with pytest.raises(Excluded):
        directory.assign(carl, "caseworker", kind="specific", about=about)

    with pytest.raises(PolicyRefused):
        directory.ask(proven(carl, "team_lead"), EndAssignment(assignment_id=exclusion.id, reason="nonsense"))
    lead = staff("team_lead", department="city.permits")
    directory.ask(lead, EndAssignment(assignment_id=exclusion.id, reason="no_relation"))
    assert challenge(directory, proven(carl), about).in_force


def test_it_is_judged_once_by_somebody_else(directory: Directory, carl: StaffView) -> None:
    taken = challenge(directory, proven(carl, "caseworker", "team_lead"))
    judge = staff("team_lead", department="city.permits")
    judgement = ReviewChallenge(assignment_id=taken.id, outcome="justified", note="The gas was real.")

    with pytest.raises(PolicyRefused):
        directory.ask(proven(carl, "team_lead"), judgement)
    with pytest.raises(AssignmentUnknown):
        directory.ask(staff("team_lead", department="city.parking"), judgement)
    with pytest.raises(PolicyRefused):
        directory.ask(directory.administrator, judgement)
    judged = directory.ask(judge, judgement)
    assert (judged.outcome, judged.reviewed_by, judged.in_force) == ("justified", judge.id, True)
    with pytest.raises(AlreadyReviewed):
        directory.ask(directory.security_officer, judgement)
    assert len(directory.told("challenge.reviewed.v1")) == 1
    assert directory.ask(judge, ListChallenges()).items == ()
    assert directory.ask(judge, ListChallenges(reviewed=True)).items == (judged,)


def test_an_unjustified_one_is_over_at_once(directory: Directory, carl: StaffView) -> None:
    taken = challenge(directory, proven(carl))
    judgement = ReviewChallenge(assignment_id=taken.id, outcome="unjustified")
    assert not directory.ask(directory.security_officer, judgement).in_force
    assert [told.key for told in directory.told()][-2:] == ["assignment.ended.v1", "challenge.reviewed.v1"]


def test_only_emergencies_are_judged(directory: Directory, carl: StaffView) -> None:
    given = directory.assign(carl, "agent")
    with pytest.raises(NotAChallenge):
        directory.ask(directory.security_officer, ReviewChallenge(assignment_id=given.id, outcome="justified"))


def test_late_judgements_are_listed(directory: Directory, carl: StaffView) -> None:
    challenge(directory, proven(carl))
    directory.emergencies = Emergencies(review_within=timedelta(hours=-1))
    late = challenge(directory, proven(carl))
    overdue = directory.ask(directory.security_officer, ListChallenges(overdue=True)).items
    assert [one.id for one in overdue] == [late.id]
