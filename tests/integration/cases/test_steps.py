"""Steps are taken one at a time, by those who may, and the history only grows."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.cases.domain.errors import CaseUnknown, GuardUnsatisfied, MigrationOnly, RoleMissing, StepIllegal
from shared.authz.decisions import PolicyRefused
from shared.contracts.actor import Actor
from shared.contracts.cases.rpc import CaseView, GetCase, ListCaseEvents, ListCases
from shared.errors import Conflict, Stale
from shared.ids import new_id
from shared.persistence.unit_of_work import StoreBusy
from tests.support.actors import citizen, staff
from tests.support.cases import Desk


def decided(desk: Desk, agent: Actor, caseworker: Actor, decision_maker: Actor, advice: str = "grant") -> CaseView:
    case = desk.open(agent)
    case = desk.take(caseworker, case, "check_completeness", data={"complete": True})
    case = desk.take(caseworker, case, "assess", data={"assessment": "Room enough.", "advice": advice})
    if advice == "grant":
        return desk.take(decision_maker, case, "grant", data={"conditions": "Lights at night."})
    return desk.take(decision_maker, case, "refuse", data={"reason": "No room."})


def test_a_permit_goes_from_application_to_decision(
    desk: Desk, agent: Actor, caseworker: Actor, decision_maker: Actor
) -> None:
    case = decided(desk, agent, caseworker, decision_maker)
    assert (case.state, case.closed, case.outcome, case.version, case.steps) == ("granted", True, "granted", 4, ())
    entries = desk.ask(caseworker, ListCaseEvents(case_id=case.id)).items
    assert [(e.sequence, e.event, e.from_state, e.to_state) for e in entries] == [
        (1, "opened", None, "applied"),
        (2, "check_completeness", "applied", "assessing"),
        (3, "assess", "assessing", "deciding"),
        (4, "grant", "deciding", "granted"),
    ]
    taken, told = desk.told()[-2:]
    assert (taken["key"], taken["data"]["fields"]) == ("case.event_taken.v1", ["conditions"])
    assert (told["key"], told["data"]["outcome"]) == ("case.decided.v1", "granted")
    assert told["data"]["template"] == "case-decided"
    assert told["subjectversion"] == case.version


def test_information_can_be_asked_for_and_supplied_again_and_again(desk: Desk, caseworker: Actor) -> None:
    person = citizen(new_id())
    case = desk.open(person, contact_id=person.contact_id)
    case = desk.take(caseworker, case, "check_completeness", data={"complete": False, "missing": "A drawing"})
    for _ in range(3):
        assert case.state == "incomplete"
        mine = desk.ask(person, GetCase(case_id=case.id))
        assert [step.event for step in mine.steps] == ["supply_information", "withdraw"]
        assert mine.steps[0].form["required"] == ["supplied"]
        case = desk.take(person, mine, "supply_information", data={"supplied": "A better drawing"})
        case = desk.take(caseworker, case, "request_information", data={"missing": "A still better one"})


def test_an_illegal_step_is_a_conflict_that_names_the_legal_ones(desk: Desk, agent: Actor, caseworker: Actor) -> None:
    case = desk.open(agent)
    with pytest.raises(StepIllegal) as error:
        desk.take(caseworker, case, "assess", data={"assessment": "x", "advice": "grant"})
    assert isinstance(error.value, Conflict)
    assert error.value.details["legal"] == ["check_completeness", "withdraw"]
    assert (desk.count("case_event"), desk.ask(agent, GetCase(case_id=case.id)).version) == (1, 1)


def test_a_guard_refuses_what_the_advice_does_not_support(
    desk: Desk, agent: Actor, caseworker: Actor, decision_maker: Actor
) -> None:
    case = desk.open(agent)
    case = desk.take(caseworker, case, "check_completeness", data={"complete": True})
    case = desk.take(caseworker, case, "assess", data={"assessment": "No.", "advice": "refuse"})
    with pytest.raises(GuardUnsatisfied):
        desk.take(decision_maker, case, "grant")
    assert desk.take(decision_maker, case, "refuse", data={"reason": "No room."}).outcome == "refused"


def test_a_stale_version_changes_nothing(desk: Desk, agent: Actor, caseworker: Actor) -> None:
    case = desk.open(agent)
    desk.take(caseworker, case, "check_completeness", data={"complete": True})
    with pytest.raises(Stale) as error:
        desk.take(caseworker, case, "withdraw")
    assert error.value.details == {"current_version": 2}


def test_of_many_who_step_at_once_one_succeeds(desk: Desk, agent: Actor, caseworker: Actor) -> None:
    case = desk.open(agent)
    outcomes: list[str] = []

    def race() -> None:
        try:
            desk.take(caseworker, case, "withdraw")
            outcomes.append("taken")
        except (Stale, StoreBusy) as error:
            outcomes.append(error.error_code)

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["stale"] * 7 + ["taken"]
    assert desk.count("case_event") == 2


def test_a_step_belongs_to_its_roles(desk: Desk, agent: Actor, decision_maker: Actor) -> None:
    case = desk.open(agent)
    with pytest.raises(RoleMissing):
        desk.take(decision_maker, case, "check_completeness", data={"complete": True})
    assert desk.ask(decision_maker, GetCase(case_id=case.id)).steps == ()


def test_who_sees_a_case_but_takes_no_steps_is_refused(desk: Desk, agent: Actor) -> None:
    case = desk.open(agent)
    with pytest.raises(PolicyRefused):
        desk.take(staff("auditor", department="city"), case, "withdraw")


def test_another_department_does_not_even_learn_that_the_case_exists(desk: Desk, agent: Actor) -> None:
    case = desk.open(agent)
    neighbour = staff("caseworker", department="city.parking")
    for attempt in (
        lambda: desk.take(neighbour, case, "withdraw"),
        lambda: desk.ask(neighbour, GetCase(case_id=case.id)),
        lambda: desk.ask(neighbour, ListCaseEvents(case_id=case.id)),
        lambda: desk.ask(neighbour, GetCase(case_id=new_id())),
        lambda: desk.ask(citizen(new_id()), GetCase(case_id=case.id)),
    ):
        with pytest.raises(CaseUnknown) as error:
            attempt()
        assert set(error.value.details) <= {"refused"}, "for the record; it goes no further than the gateway"


def test_who_has_a_case_in_hand_sees_it_wherever_they_work(desk: Desk, agent: Actor) -> None:
    case = desk.open(agent)
    helper = staff("caseworker", department="city.parking")
    with desk.engine.begin() as connection:
        connection.execute(text("UPDATE case_record SET assigned_to = :who"), {"who": helper.id})
    assert desk.ask(helper, GetCase(case_id=case.id)).assigned_to == helper.id
    assert desk.take(helper, case, "check_completeness", data={"complete": True}).state == "assessing"


def test_an_auditor_sees_what_was_done_not_what_was_answered(
    desk: Desk, agent: Actor, caseworker: Actor, decision_maker: Actor
) -> None:
    case = decided(desk, agent, caseworker, decision_maker)
    auditor = staff("auditor", department="city")
    seen = desk.ask(auditor, GetCase(case_id=case.id))
    assert (seen.state, seen.outcome, seen.data) == ("granted", "granted", None)
    assert seen.hidden == ("data", "external_reference", "source")
    for entry in desk.ask(auditor, ListCaseEvents(case_id=case.id)).items:
        assert (entry.comment, entry.resource, entry.hidden) == (None, None, ("resource", "comment"))


@pytest.mark.parametrize("role", ["auditor", "records_officer"])
def test_who_does_not_see_the_answers_does_not_see_the_key_elsewhere(desk: Desk, agent: Actor, role: str) -> None:
    case = desk.open(agent, external_reference="Canary, S., 1970-01-01", source="old")
    overseer = staff(role, department="city")
    assert "Canary" not in desk.ask(overseer, GetCase(case_id=case.id)).model_dump_json()
    (line,) = desk.ask(overseer, ListCases()).items
    assert (line.id, line.external_reference, line.source) == (case.id, None, None)


def test_who_sees_the_answers_sees_the_key_elsewhere_in_the_case_and_in_the_list(desk: Desk, agent: Actor) -> None:
    person = citizen(new_id())
    case = desk.open(agent, contact_id=person.contact_id, external_reference="A-1", source="old")
    for somebody in (agent, person, staff("privacy_officer", department="county")):
        seen = desk.ask(somebody, GetCase(case_id=case.id))
        (line,) = desk.ask(somebody, ListCases()).items
        assert (seen.external_reference, seen.source, seen.hidden) == ("A-1", "old", ())
        assert (line.external_reference, line.source) == ("A-1", "old")


def test_a_citizen_does_not_read_the_remarks_of_staff(desk: Desk, agent: Actor, caseworker: Actor) -> None:
    person = citizen(new_id())
    case = desk.open(agent, contact_id=person.contact_id)
    desk.take(caseworker, case, "check_completeness", data={"complete": True}, comment="Knows the mayor.")
    entries = desk.ask(person, ListCaseEvents(case_id=case.id)).items
    assert [entry.comment for entry in entries] == [None, None]
    assert desk.ask(caseworker, ListCaseEvents(case_id=case.id)).items[-1].comment == "Knows the mayor."


def test_only_a_migration_says_who_did_it_elsewhere(desk: Desk, agent: Actor, caseworker: Actor) -> None:
    case = desk.open(agent)
    for claim in ({"resource": "somebody"}, {"occurred_at": datetime(2020, 1, 1, tzinfo=UTC)}):
        with pytest.raises(MigrationOnly):
            desk.take(caseworker, case, "check_completeness", data={"complete": True}, **claim)


def test_history_is_read_in_pages(desk: Desk, migrator: Actor) -> None:
    desk.activate("receipt-migration")
    case = desk.open(migrator, case_type="receipt-migration", data={})
    for _ in range(7):
        case = desk.take(migrator, case, "confirmation-of-receipt")
    seen: list[int] = []
    cursor = None
    while True:
        page = desk.ask(migrator, ListCaseEvents(case_id=case.id, limit=3, cursor=cursor))
        seen += [entry.sequence for entry in page.items]
        if (cursor := page.next) is None:
            break
    assert seen == list(range(1, 9))


@pytest.mark.parametrize("change", ["UPDATE case_event SET comment = 'other'", "DELETE FROM case_event"])
def test_history_cannot_be_rewritten(desk: Desk, agent: Actor, change: str) -> None:
    desk.open(agent)
    with pytest.raises(DBAPIError, match="append-only"), desk.engine.begin() as connection:
        connection.execute(text(change))
