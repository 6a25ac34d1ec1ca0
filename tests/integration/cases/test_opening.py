"""A case is opened once, filled with what is known, and the world is told; or nothing happened."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta

import pytest

from services.cases.domain.errors import (
    CaseExists,
    CaseTypeUnknown,
    DepartmentElsewhere,
    FormFaulty,
    MigrationOnly,
    ReferenceIncomplete,
    RoleMissing,
)
from shared.authz.decisions import PolicyRefused
from shared.contracts.actor import Actor
from shared.contracts.cases.rpc import CaseView, GetCase, ListCaseEvents, OpenCase
from shared.errors import NotFound, ServiceError, Unavailable
from shared.ids import new_id
from shared.persistence.commands import CommandReused
from tests.support.actors import citizen, staff
from tests.support.cases import APPLICATION, CARD, Desk


def test_the_form_is_filled_with_what_is_known_and_the_read_is_on_record(desk: Desk, agent: Actor) -> None:
    case = desk.open(agent)
    assert case.data is not None
    assert case.data["applicant_name"] == CARD["contact.name"]
    assert case.prefilled == ("applicant_email", "applicant_name", "applicant_phone")
    opened, read = desk.told()[-2:]
    assert (opened["key"], opened["subject"]) == ("case.opened.v1", str(case.id))
    assert opened["data"] == {
        "reference": case.reference,
        "case_type": "street-permit",
        "case_type_version": 1,
        "contact_id": str(case.contact_id),
        "state": "applied",
        "prefilled": ["applicant_email", "applicant_name", "applicant_phone"],
        "template": "case-opened",
    }
    assert read["key"] == "contact_data.read.v1"
    assert read["data"] == {
        "contact_id": str(case.contact_id),
        "case_id": str(case.id),
        "fields": ["email", "name", "phone"],
        "purpose": "public_task",
    }


def test_no_event_says_who_somebody_is_or_what_they_answered(desk: Desk, agent: Actor, caseworker: Actor) -> None:
    case = desk.open(agent, data=APPLICATION | {"street": "Canary Row"})
    desk.take(caseworker, case, "check_completeness", data={"complete": False, "missing": "canary drawing"})
    said = str(desk.told())
    for canary in ("Canary Row", "canary drawing", "Siân", "sian@example.org", "+442920123456"):
        assert canary not in said


def test_the_case_is_due_in_twenty_working_days(desk: Desk, migrator: Actor) -> None:
    bundle = (
        "key: slow\ntitle: Slow\npermissive: true\ndeadline: {working_days: 20, calendar: GB-ENG}\n"
        "states: [{key: s, title: S}]\nevents: [{key: e, title: E, to: s}]\n"
    )
    key = desk.activate(bundle)
    case = desk.open(migrator, case_type=key, data={}, occurred_at=datetime(2025, 12, 1, 9, tzinfo=UTC))
    assert case.due_on == "2025-12-31"  # over Christmas and Boxing Day
    assert case.opened_at == datetime(2025, 12, 1, 9, tzinfo=UTC)


def test_a_contact_that_does_not_exist_opens_nothing(desk: Desk, agent: Actor) -> None:
    nobody = new_id()
    desk.cards.unknown.add(nobody)
    with pytest.raises(NotFound):
        desk.open(agent, contact_id=nobody)
    assert (desk.count("case_record"), desk.count("command")) == (0, 2)  # the two that made the case type


def test_an_unknown_case_type_is_not_found(desk: Desk, agent: Actor) -> None:
    with pytest.raises(CaseTypeUnknown):
        desk.open(agent, case_type="flying-permit")


def test_wrong_answers_open_nothing(desk: Desk, agent: Actor) -> None:
    with pytest.raises(FormFaulty) as error:
        desk.open(agent, data={"purpose": "skip"})
    places = [fault["pointer"] for fault in error.value.details["errors"]]
    assert places == ["/data/street", "/data/first_day", "/data/last_day"]
    assert desk.count("case_record") == 0


def test_what_the_store_could_not_give_back_is_refused(desk: Desk, agent: Actor) -> None:
    with pytest.raises(FormFaulty) as error:
        desk.open(agent, data=APPLICATION | {"street": "Mill\x00Lane"})
    assert [fault["pointer"] for fault in error.value.details["errors"]] == ["/data"]


def test_a_repeated_command_is_answered_alike_and_opens_one_case(desk: Desk, agent: Actor) -> None:
    request = OpenCase(case_type="street-permit", contact_id=new_id(), data=APPLICATION)
    command = new_id()
    first, second = desk.ask(agent, request, command_id=command), desk.ask(agent, request, command_id=command)
    assert first == second
    assert desk.count("case_record") == 1
    assert sum(event["key"] == "case.opened.v1" for event in desk.told()) == 1


def test_a_repeated_command_is_answered_alike_although_contacts_is_away_or_the_contact_gone(
    desk: Desk, agent: Actor
) -> None:
    request = OpenCase(case_type="street-permit", contact_id=new_id(), data=APPLICATION)
    command = new_id()
    first = desk.ask(agent, request, command_id=command)
    desk.cards.away = True
    assert desk.ask(agent, request, command_id=command) == first
    desk.cards.away = False
    desk.cards.unknown.add(request.contact_id)
    assert desk.ask(agent, request, command_id=command) == first
    assert desk.cards.asked == [request.contact_id]


def test_a_command_used_for_another_request_is_refused_although_contacts_is_away(desk: Desk, agent: Actor) -> None:
    command = new_id()
    desk.ask(agent, OpenCase(case_type="street-permit", contact_id=new_id(), data=APPLICATION), command_id=command)
    desk.cards.away = True
    with pytest.raises(CommandReused):
        desk.ask(agent, OpenCase(case_type="street-permit", contact_id=new_id(), data=APPLICATION), command_id=command)


def test_a_new_command_waits_for_contacts(desk: Desk, agent: Actor) -> None:
    desk.cards.away = True
    with pytest.raises(Unavailable):
        desk.open(agent)
    assert desk.count("case_record") == 0


def test_the_same_reference_from_the_same_source_opens_one_case(desk: Desk, agent: Actor) -> None:
    case = desk.open(agent, external_reference="A-1", source="old")
    assert (case.external_reference, case.source) == ("A-1", "old")
    with pytest.raises(CaseExists) as error:
        desk.open(agent, external_reference="A-1", source="old")
    assert error.value.details["case_id"] == str(case.id)
    assert desk.open(agent, external_reference="A-1", source="other").id != case.id
    assert desk.count("case_record") == 2


def test_who_may_not_see_the_other_case_is_not_told_which_it_is(desk: Desk, agent: Actor) -> None:
    desk.open(agent, external_reference="A-1", source="old")
    stranger = citizen(new_id())
    with pytest.raises(CaseExists) as error:
        desk.open(stranger, contact_id=stranger.contact_id, external_reference="A-1", source="old")
    assert error.value.details == {}


def test_a_race_for_one_reference_has_one_winner(desk: Desk, agent: Actor) -> None:
    outcomes: list[str] = []

    def race() -> None:
        try:
            outcomes.append(str(desk.open(agent, external_reference="A-1", source="old").id))
        except CaseExists as error:
            outcomes.append(error.details["case_id"])

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8
    assert len(set(outcomes)) == 1
    assert desk.count("case_record") == 1


def test_a_reference_without_its_source_is_invalid(desk: Desk, agent: Actor) -> None:
    with pytest.raises(ReferenceIncomplete):
        desk.open(agent, external_reference="A-1")


def test_only_a_migration_says_when_it_happened(desk: Desk, agent: Actor, migrator: Actor) -> None:
    then = datetime(2011, 10, 11, 11, 42, 22, 688000, tzinfo=UTC)
    with pytest.raises(MigrationOnly):
        desk.open(agent, occurred_at=then)
    desk.activate("receipt-migration")
    case = desk.open(migrator, case_type="receipt-migration", data={"channel": "Internet"}, occurred_at=then)
    (entry,) = desk.ask(migrator, ListCaseEvents(case_id=case.id)).items
    assert case.opened_at == entry.occurred_at == then
    assert entry.recorded_at > then + timedelta(days=365)
    assert desk.told()[-1]["time"] == "2011-10-11T11:42:22.688000Z"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00", "2999-01-01T00:00:00Z"])
def test_a_time_that_cannot_be_true_is_refused(desk: Desk, migrator: Actor, moment: str) -> None:
    desk.activate("receipt-migration")
    with pytest.raises(FormFaulty):
        desk.open(migrator, case_type="receipt-migration", data={}, occurred_at=moment)


def test_a_citizen_opens_their_own_case_and_nobody_elses(desk: Desk) -> None:
    contact = new_id()
    mine = desk.open(citizen(contact), contact_id=contact)
    assert (mine.department, mine.state_title) == ("city.permits", "We have your application")
    with pytest.raises(PolicyRefused):
        desk.open(citizen(contact), contact_id=new_id())


def test_a_case_is_not_opened_beyond_the_callers_department(desk: Desk) -> None:
    with pytest.raises(PolicyRefused):
        desk.open(staff("caseworker", department="city.parking"))


@pytest.mark.parametrize("named", ["city", "city.parking", "city.permits.street", "no.such.place"])
def test_a_citizen_does_not_choose_the_department_of_their_case(desk: Desk, named: str) -> None:
    person = citizen(new_id())
    with pytest.raises(DepartmentElsewhere) as error:
        desk.open(person, contact_id=person.contact_id, department=named)
    assert error.value.details == {"department": named}
    assert desk.count("case_record") == 0
    assert desk.open(person, contact_id=person.contact_id, department="city.permits").department == "city.permits"


@pytest.mark.parametrize("named", ["city", "city.parking", "city.permitsandmore", "no.such.place"])
def test_staff_file_no_case_outside_their_own_department(desk: Desk, caseworker: Actor, named: str) -> None:
    for person in (caseworker, staff("caseworker", "privacy_officer"), staff("caseworker", "migration")):
        with pytest.raises(DepartmentElsewhere):
            desk.open(person, department=named)
    assert desk.count("case_record") == 0


def test_staff_file_a_case_in_their_own_department_or_below_it(desk: Desk, agent: Actor, caseworker: Actor) -> None:
    assert desk.open(caseworker, department="city.permits.street").department == "city.permits.street"
    assert desk.open(agent, department="city.parking").department == "city.parking"
    assert desk.open(agent, department="city").department == "city"


def test_a_case_type_says_who_opens_its_cases(desk: Desk, agent: Actor) -> None:
    desk.activate("receipt-migration")
    with pytest.raises(RoleMissing):
        desk.open(agent, case_type="receipt-migration", data={})


def test_the_two_transactions_of_a_request_are_few_statements(desk: Desk, agent: Actor, caseworker: Actor) -> None:
    desk.open(agent)
    with desk.statements() as opening:
        case = desk.open(agent)
    with desk.statements() as taking:
        desk.take(caseworker, case, "check_completeness", data={"complete": True})
    with desk.statements() as looking:
        desk.ask(agent, GetCase(case_id=case.id))
    assert len(opening) <= 8, opening
    assert len(taking) <= 8, taking
    assert len(looking) <= 3, looking


def test_an_outside_resource_is_provable_and_not_told(desk: Desk, migrator: Actor) -> None:
    desk.activate("receipt-migration")
    case: CaseView = desk.open(migrator, case_type="receipt-migration", data={})
    desk.take(migrator, case, "confirmation-of-receipt", resource="Resource21")
    event = desk.told()[-1]
    assert "Resource21" not in str(event)
    assert event["data"]["resource_digest"] != hashlib.sha256(b"Resource21").hexdigest()
    assert len(event["data"]["resource_digest"]) == 64
    entry = desk.ask(migrator, ListCaseEvents(case_id=case.id)).items[-1]
    assert (entry.resource, entry.title) == ("Resource21", "Confirmation of receipt")


def test_nothing_is_kept_of_a_refused_command(desk: Desk, agent: Actor) -> None:
    request = OpenCase(case_type="street-permit", contact_id=new_id(), data={})
    command = new_id()
    for _ in range(2):
        with pytest.raises(ServiceError):
            desk.ask(agent, request, command_id=command)
    assert desk.count("case_event") == 0
