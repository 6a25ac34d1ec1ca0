"""What only the real store can do: resemblance, races, indexes, and few statements for each call."""

import threading
from typing import Any

import pytest
from sqlalchemy import text

from services.contacts.domain.errors import ContactExists
from shared.contracts.contacts.rpc import (
    AmendContact,
    FindContacts,
    GetContact,
    GetContactCard,
    ListContactChanges,
    ListInteractions,
    RecordInteraction,
    RegisterContact,
)
from shared.errors import Stale
from tests.support.actors import staff
from tests.support.contacts import Reception, SqlStore
from tests.support.contacts_behaviour import AGENT
from tests.support.statements import on_the_wire


def together(count: int, act: Any) -> list[Any]:
    """What came of doing the same `count` times at once: an answer or an error each."""
    outcomes: list[Any] = []
    begin = threading.Barrier(count)

    def one() -> None:
        begin.wait()
        try:
            outcomes.append(act())
        except (ContactExists, Stale) as error:
            outcomes.append(error)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == count
    return outcomes


def test_of_many_who_register_the_same_reference_at_once_one_succeeds(reception: Reception) -> None:
    outcomes = together(6, lambda: reception.register("Siân", source="old-crm", external_reference="17"))
    (made,) = [outcome for outcome in outcomes if not isinstance(outcome, ContactExists)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, ContactExists)]
    assert [error.details for error in refused] == [{"contact_id": str(made.id)}] * 5
    assert len(reception.store.told()) == 1


def test_of_many_who_amend_the_same_version_at_once_one_succeeds(reception: Reception) -> None:
    made = reception.register()
    outcomes = together(6, lambda: reception.ask(AGENT, AmendContact(contact_id=made.id, version=1, language="cy")))
    assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 5
    assert reception.ask(AGENT, GetContact(contact_id=made.id)).version == 2
    assert len(reception.ask(AGENT, ListContactChanges(contact_id=made.id)).items) == 2


def test_the_exact_name_comes_before_names_that_begin_so_and_names_that_resemble_it(reception: Reception) -> None:
    resembling, beginning, exact = (
        reception.register(name).id for name in ("Jon Smith", "John Smithson", "Jöhn Smith")
    )
    reception.register("Maria Kowalska")
    pages = list(reception.every(AGENT, lambda cursor: FindContacts(name="john smith", limit=1, cursor=cursor)))
    assert [line.id for page in pages for line in page.items] == [exact, beginning, resembling]


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("email = 'a@example.org'", "ix_contact_email"),
        ("phone = '+447700900123'", "ix_contact_phone"),
        ("reference = 'CON-1'", "uq_contact_reference"),
        ("source = 'crm' AND external_reference = '1'", "uq_contact_source_external_reference"),
        ("name_folded LIKE 'sian o%'", "ix_contact_name"),
        ("name_folded % 'sian o briain'", "ix_contact_name_trigrams"),
    ],
)
def test_a_search_is_read_from_its_index(store: SqlStore, condition: str, index: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(text(f"EXPLAIN SELECT * FROM contact WHERE {condition}")).scalars().all()
    assert index in "\n".join(plan)


def test_every_call_is_few_statements(reception: Reception, store: SqlStore) -> None:
    made = reception.register(email="a@example.org")
    lead = staff("team_lead")
    at_most: dict[Any, int] = {
        RegisterContact(name="Zoë"): 7,  # begin, command known?, contact, history, fact, command, commit
        RegisterContact(name="Zoë", source="crm", external_reference="1"): 9,  # a savepoint, and its release
        AmendContact(contact_id=made.id, version=1, name="Zoë"): 8,  # the contact is read and written
        RecordInteraction(contact_id=made.id, channel="phone", subject="Skip"): 7,
        GetContact(contact_id=made.id): 1,
        GetContactCard(contact_id=made.id): 1,
        FindContacts(name="zoe", email="a@example.org"): 1,
        ListInteractions(contact_id=made.id): 2,
        ListContactChanges(contact_id=made.id): 2,
    }
    counted = {}
    for request in at_most:
        with on_the_wire(store.engine) as wire:
            reception.ask(lead, request)
        counted[request] = wire.statements
    assert {r: n for r, n in counted.items() if n > at_most[r]} == {}
    assert all(counted.values()), "a call that sent nothing was not counted"
