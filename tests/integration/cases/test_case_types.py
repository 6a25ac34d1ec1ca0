"""Versions of a case type: added without a fault, activated one at a time, never changed; running cases keep theirs."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.cases.domain.case_type import digest_of
from services.cases.domain.errors import BundleFaulty, BundleKnown, BundleMisplaced, CaseTypeActive, CaseTypeUnknown
from shared.authz.decisions import PolicyRefused
from shared.contracts.actor import Actor
from shared.contracts.cases.rpc import ActivateCaseType, AddCaseType, GetCase, GetCaseType, ListCaseTypes
from shared.ids import new_id
from tests.support.actors import citizen, staff
from tests.support.cases import BUNDLES, Desk

PERMIT = (BUNDLES / "street-permit.yaml").read_text()
RECEIPT = (BUNDLES / "receipt-migration.yaml").read_text()


@pytest.fixture
def designer() -> Actor:
    return staff("case_designer")


def test_a_new_version_is_a_draft_until_it_is_activated(desk: Desk, designer: Actor, agent: Actor) -> None:
    changed = PERMIT.replace("working_days: 20", "working_days: 5")
    added = desk.ask(designer, AddCaseType(bundle=changed))
    assert (added.version, added.status, added.digest) == (2, "draft", digest_of(changed))
    assert desk.open(agent).case_type_version == 1
    activated = desk.ask(designer, ActivateCaseType(key="street-permit", version=2))
    assert (activated.status, activated.activated_at is not None) == ("active", True)
    assert desk.ask(designer, GetCaseType(key="street-permit", version=1)).status == "retired"
    assert desk.open(agent).case_type_version == 2
    told = [(event["key"], event["data"]["version"]) for event in desk.told() if event["key"].startswith("case_type")]
    assert told == [
        ("case_type.added.v1", 1),
        ("case_type.activated.v1", 1),
        ("case_type.added.v1", 2),
        ("case_type.activated.v1", 2),
    ]


def test_a_running_case_keeps_the_rules_it_began_under(desk: Desk, agent: Actor, caseworker: Actor) -> None:
    case = desk.open(agent)
    desk.activate(
        PERMIT.replace(
            "roles: [agent, caseworker, team_lead]\n    fields:\n      - {name: complete",
            "roles: [team_lead]\n    fields:\n      - {name: complete",
        )
    )
    newer = desk.open(agent)
    assert desk.ask(caseworker, GetCase(case_id=case.id)).steps[0].event == "check_completeness"
    assert [step.event for step in desk.ask(caseworker, GetCase(case_id=newer.id)).steps] == ["withdraw"]
    desk.shelf = type(desk.shelf)(desk.rulebook)  # as another process would read them
    assert desk.take(caseworker, case, "check_completeness", data={"complete": True}).case_type_version == 1


def test_a_retired_version_may_come_back(desk: Desk, designer: Actor, agent: Actor) -> None:
    desk.activate(PERMIT + "# two\n")
    assert desk.ask(designer, ActivateCaseType(key="street-permit", version=1)).status == "active"
    assert desk.open(agent).case_type_version == 1
    with pytest.raises(CaseTypeActive):
        desk.ask(designer, ActivateCaseType(key="street-permit", version=1))


def test_a_faulty_bundle_is_refused_with_every_fault(desk: Desk, designer: Actor) -> None:
    faulty = PERMIT.replace("to: incomplete", "to: nowhere").replace("contact.name", "contact.salary")
    with pytest.raises(BundleFaulty) as error:
        desk.ask(designer, AddCaseType(bundle=faulty))
    assert len(error.value.details["errors"]) >= 1
    with pytest.raises(BundleFaulty) as error:
        desk.ask(designer, AddCaseType(bundle=PERMIT.replace("to: incomplete", "to: nowhere")))
    assert {fault["pointer"] for fault in error.value.details["errors"]} >= {"/bundle/events/0", "/bundle/events/1"}
    assert desk.count("case_type") == 1


def test_the_same_bundle_is_stored_once(desk: Desk, designer: Actor) -> None:
    with pytest.raises(BundleKnown) as error:
        desk.ask(designer, AddCaseType(bundle=PERMIT))
    assert error.value.details == {"key": "street-permit", "version": 1}


def test_versions_added_at_once_get_numbers_of_their_own(desk: Desk, designer: Actor) -> None:
    def add(number: int) -> None:
        desk.ask(designer, AddCaseType(bundle=f"{PERMIT}# {number}\n"))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = desk.ask(designer, ListCaseTypes()).items
    assert [one.version for one in found] == [1, 2, 3, 4, 5, 6, 7]
    assert all(one.bundle is None for one in found)


def test_a_case_type_keeps_its_department_and_its_strictness(desk: Desk) -> None:
    root = staff("case_designer", department="city")
    for changed in (
        PERMIT.replace("department: city.permits", "department: city.parking"),
        RECEIPT.replace("key: receipt-migration", "key: street-permit"),
    ):
        with pytest.raises(BundleMisplaced):
            desk.ask(root, AddCaseType(bundle=changed))


def test_a_department_shapes_its_own_case_types(desk: Desk) -> None:
    neighbour = staff("case_designer", department="city.parking")
    with pytest.raises(PolicyRefused):
        desk.ask(neighbour, AddCaseType(bundle=PERMIT + "# mine\n"))
    with pytest.raises(PolicyRefused):
        desk.ask(neighbour, ActivateCaseType(key="street-permit", version=1))


def test_a_migration_brings_permissive_types_only(desk: Desk, migrator: Actor) -> None:
    added = desk.ask(migrator, AddCaseType(bundle=RECEIPT))
    assert desk.ask(migrator, ActivateCaseType(key=added.key, version=1)).status == "active"
    with pytest.raises(PolicyRefused):
        desk.ask(migrator, AddCaseType(bundle=PERMIT + "# easier\n"))
    with pytest.raises(PolicyRefused):
        desk.ask(migrator, ActivateCaseType(key="street-permit", version=1))


def test_a_caseworker_reads_the_rules_and_does_not_write_them(desk: Desk, caseworker: Actor) -> None:
    assert desk.ask(caseworker, GetCaseType(key="street-permit")).bundle == PERMIT
    with pytest.raises(PolicyRefused):
        desk.ask(caseworker, AddCaseType(bundle=PERMIT + "# mine\n"))


def test_a_citizen_sees_that_there_is_a_permit_not_how_it_is_decided(desk: Desk) -> None:
    seen = desk.ask(citizen(new_id()), GetCaseType(key="street-permit"))
    assert (seen.title, seen.bundle, seen.hidden) == ("Permit to use the street", None, ("bundle",))


def test_what_is_not_there_is_not_found(desk: Desk, designer: Actor) -> None:
    for request in (
        GetCaseType(key="flying-permit"),
        GetCaseType(key="street-permit", version=9),
        ActivateCaseType(key="street-permit", version=9),
    ):
        with pytest.raises(CaseTypeUnknown):
            desk.ask(designer, request)


def test_case_types_are_read_in_pages(desk: Desk, designer: Actor) -> None:
    for number in range(4):
        desk.ask(designer, AddCaseType(bundle=f"{PERMIT}# {number}\n"))
    first = desk.ask(designer, ListCaseTypes(limit=3))
    second = desk.ask(designer, ListCaseTypes(limit=3, cursor=first.next))
    assert [one.version for one in (*first.items, *second.items)] == [1, 2, 3, 4, 5]
    assert second.next is None


def test_a_stored_bundle_cannot_be_rewritten(desk: Desk) -> None:
    with pytest.raises(DBAPIError, match="never changes"), desk.engine.begin() as connection:
        connection.execute(text("UPDATE case_type SET bundle = 'other'"))
