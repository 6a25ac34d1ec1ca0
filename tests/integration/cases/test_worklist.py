"""The worklist: the most urgent first, nothing twice, nothing that a look would not show."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.cases.domain.errors import CaseUnknown
from shared.contracts.actor import Actor
from shared.contracts.cases.rpc import CaseSummary, GetCase, ListCases
from shared.errors import Invalid
from shared.ids import new_id
from tests.support.actors import citizen, staff
from tests.support.cases import Desk

DEPARTMENTS = ("city", "city.permits", "city.permits.street", "city.parking", "city.permitsandmore")


def listed(desk: Desk, actor: Actor, **terms: Any) -> list[CaseSummary]:
    found: list[CaseSummary] = []
    cursor = None
    while True:
        page = desk.ask(actor, ListCases(limit=7, cursor=cursor, **terms))
        found += page.items
        if (cursor := page.next) is None:
            return found


@pytest.fixture
def everywhere(desk: Desk) -> list[UUID]:
    """Forty cases over five departments, some assigned, some due, some closed."""
    root = staff("agent", department="city")
    contacts = [new_id() for _ in range(4)]
    made = [desk.open(root, department=DEPARTMENTS[n % 5], contact_id=contacts[n % 4]).id for n in range(40)]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with desk.engine.begin() as connection:
        for n, case in enumerate(made):
            connection.execute(
                text("UPDATE case_record SET due_on = :due, opened_at = :opened, closed = :closed WHERE id = :id"),
                {
                    "id": case,
                    "due": None if n % 3 == 0 else (start + timedelta(days=n % 4)).date(),
                    "opened": start + timedelta(hours=n % 6),
                    "closed": n % 7 == 0,
                },
            )
    return made


def test_a_list_holds_exactly_what_a_look_shows(desk: Desk, everywhere: list[UUID]) -> None:
    with desk.engine.connect() as connection:
        contact = connection.execute(text("SELECT contact_id FROM case_record LIMIT 1")).scalar_one()
    helper = staff("caseworker", department="city.parking")
    with desk.engine.begin() as connection:
        for case in everywhere[::9]:
            connection.execute(
                text("UPDATE case_record SET assigned_to = :w WHERE id = :c"), {"w": helper.id, "c": case}
            )
    people = [
        helper,
        staff("agent", department="city"),
        staff("caseworker", department="city.permits"),
        staff("team_lead", department="city.permits.street"),
        staff("auditor", department="city.permits"),
        staff("privacy_officer", department="county"),
        staff("caseworker", department="county"),
        citizen(contact),
        citizen(new_id()),
    ]
    for person in people:
        found = [case.id for case in listed(desk, person)]
        assert len(found) == len(set(found))
        assert set(found) == {case for case in everywhere if _visible(desk, person, case)}


def _visible(desk: Desk, person: Actor, case: UUID) -> bool:
    try:
        desk.ask(person, GetCase(case_id=case))
    except CaseUnknown:
        return False
    return True


def test_the_most_urgent_comes_first_and_the_undated_last(desk: Desk, everywhere: list[UUID]) -> None:
    found = listed(desk, staff("agent", department="city"))
    order = [(case.due_on or "9999-12-31", case.opened_at, case.id) for case in found]
    assert order == sorted(order)
    assert len(found) == len(everywhere)


def test_terms_narrow_the_list(desk: Desk, everywhere: list[UUID]) -> None:
    root = staff("agent", department="city")
    everything = listed(desk, root)
    assert {case.id for case in listed(desk, root, open=True)} == {case.id for case in everything if not case.closed}
    assert {case.id for case in listed(desk, root, open=False)} == {case.id for case in everything if case.closed}
    contact = everything[0].contact_id
    assert {case.id for case in listed(desk, root, contact_id=contact)} == {
        case.id for case in everything if case.contact_id == contact
    }
    assert listed(desk, root, case_type="parking") == []
    assert listed(desk, root, state="granted") == []
    assert len(listed(desk, root, case_type="street-permit", state="applied")) == len(everywhere)


@pytest.mark.parametrize("cursor", ["zzzz", "W10", "WyJ4IiwieCIsIngiXQ", "WzEsMiwzXQ", "A" * 500])
def test_a_foreign_cursor_is_invalid(desk: Desk, agent: Actor, cursor: str) -> None:
    with pytest.raises(Invalid) as error:
        desk.ask(agent, ListCases(cursor=cursor))
    assert error.value.error_code == "cursor_invalid"


def test_a_worklist_is_read_from_its_index(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        for where, index in (
            ("NOT closed ORDER BY COALESCE(due_on, DATE '9999-12-31'), opened_at, id", "ix_case_record_worklist"),
            ("true ORDER BY COALESCE(due_on, DATE '9999-12-31'), opened_at, id", "ix_case_record_all"),
            ("contact_id = '00000000-0000-0000-0000-000000000001'", "ix_case_record_contact_id"),
            ("assigned_to = '00000000-0000-0000-0000-000000000001'", "ix_case_record_assigned_to"),
        ):
            query = f"EXPLAIN SELECT * FROM case_record WHERE {where} LIMIT 20"
            plan = "\n".join(connection.execute(text(query)).scalars())
            assert index in plan, plan
