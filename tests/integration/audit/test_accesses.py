"""Who read what of somebody, told out of the log: their own and their cases', newest first, page by page."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from services.audit.adapters.log_store import append_batch, take_over
from services.audit.adapters.looking import SqlLooks
from services.audit.application import list_accesses
from services.audit.domain.errors import PersonUnknown
from shared.call import Call, new_traceparent
from shared.contracts.actor import Actor
from shared.contracts.audit.rpc import AccessView, ListAccesses
from shared.errors import Forbidden
from shared.ids import new_id
from shared.persistence.engine import engine_for
from tests.support.actors import citizen, staff
from tests.support.audit_log import arrival, sequencer
from tests.support.servers import FreshDatabase

SIAN, EMRYS, HER_CASE, HIS_CASE = (new_id() for _ in range(4))
READER = UUID(int=7)


def accessed(operation: str, *subjects: UUID, **more: Any) -> dict[str, Any]:
    data = {"operation": operation, "purpose": "casework", "subjects": [str(one) for one in subjects], "fields": []}
    return {"type": "tellus.data.accessed.v1", "subject": str(subjects[0]), "data": data | more}


SAID: list[dict[str, Any]] = [
    {"type": "tellus.contact.registered.v1", "subject": str(SIAN), "data": {"kind": "person"}},
    accessed("get_contact", SIAN, kind="staff", fields=["name"], through=["challenged"]),
    {"type": "tellus.case.opened.v1", "subject": str(HER_CASE), "data": {"contact_id": str(SIAN)}},
    {"type": "tellus.case.opened.v1", "subject": str(HIS_CASE), "data": {"contact_id": str(EMRYS)}},
    accessed("list_case_events", HER_CASE, kind="staff"),
    accessed("list_case_events", HIS_CASE, kind="staff"),
    accessed("get_case", HER_CASE, SIAN, kind="citizen"),
    {
        "type": "tellus.contact_data.read.v1",
        "subject": str(HER_CASE),
        "data": {"contact_id": str(SIAN), "case_id": str(HER_CASE), "fields": ["name"], "purpose": "casework"},
    },
    {
        "type": "tellus.address.read.v1",
        "subject": str(new_id()),
        "data": {"contact_id": str(SIAN), "fields": ["email"], "purpose": "case_correspondence"},
    },
    accessed("find_contacts", EMRYS, SIAN, purpose="long_forgotten"),
    accessed("get_contact", EMRYS, kind="staff"),
]


@pytest.fixture
def asking(database: Callable[[str], FreshDatabase]) -> Callable[..., Any]:
    """A log in which all this was said, and somebody who asks it."""
    store = database("audit")

    async def fill() -> None:
        async with sequencer(store) as connection:
            events = [arrival(sequence=n, **event) for n, event in enumerate(SAID, 1)]
            await append_batch(connection, events, await take_over(connection))

    asyncio.run(fill())
    engine = engine_for(store.url, pool_size=1)

    def ask(actor: Actor, contact: UUID = SIAN, **more: Any) -> Any:
        call = Call(actor=actor, operation="list_accesses", traceparent=new_traceparent())
        looks: Any = SqlLooks(engine, call)
        return list_accesses(ListAccesses(contact_id=contact, **more), looks=looks)

    return ask


def test_every_read_is_told_newest_first_and_nobody_elses(asking: Callable[..., Any]) -> None:
    found: list[AccessView] = list(asking(citizen(SIAN)).items)
    assert [access.operation for access in found] == [
        "find_contacts", "send_message", "open_case", "get_case", "list_case_events", "get_contact",
    ]  # fmt: skip
    assert [access.actor_kind for access in found] == [None, "system", None, "citizen", "staff", "staff"]
    assert [access.emergency for access in found] == [False] * 5 + [True]
    assert found[1].lawful_basis == "UK GDPR Art. 6(1)(e)"
    assert (found[0].purpose, found[0].purpose_title, found[0].lawful_basis) == ("long_forgotten", None, None)
    assert not any(str(READER) in access.model_dump_json() for access in found), "no id of who looked"


def test_pages_hold_everything_once(asking: Callable[..., Any]) -> None:
    privacy_officer = staff("privacy_officer")
    told: list[AccessView] = []
    cursor = None
    while True:
        page = asking(privacy_officer, limit=2, cursor=cursor)
        told += page.items
        if (cursor := page.next) is None:
            break
    assert told == list(asking(privacy_officer).items)
    assert len(told) == 6


def test_who_looked_themselves_is_told_so(asking: Callable[..., Any]) -> None:
    auditor = staff("auditor", id=READER)
    assert all(access.own for access in asking(auditor).items)
    assert not any(access.own for access in asking(staff("auditor")).items)


def test_nobody_is_told_of_others(asking: Callable[..., Any]) -> None:
    for contact in (EMRYS, new_id()):
        with pytest.raises(PersonUnknown) as hidden:
            asking(citizen(SIAN), contact)
        assert hidden.value.error_code == "contacts.unknown", "as contacts itself says it"
    with pytest.raises((PersonUnknown, Forbidden)):
        asking(staff("caseworker"))
