"""What the face reads of systems and of who acts for whom, from the store that the directory writes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.gateway.adapters.acting import SqlActing
from services.gateway.adapters.actors import SqlDirectory
from services.gateway.adapters.known_clients import SqlKnownClients
from services.gateway.adapters.store import Store
from services.gateway.domain.client import OURSELVES
from services.gateway.identity.acting import Held
from services.gateway.identity.claims import Identity
from shared.clock import now
from shared.contracts.actor import Actor, Kind
from shared.contracts.gateway.acting import EndAuthority, GrantMandate
from shared.contracts.gateway.clients import ClientView, PublicKey, RegisterClient, SuspendClient
from tests.integration.gateway.test_recording import TRACE, store_of
from tests.support.actors import staff
from tests.support.directory import Directory
from tests.support.servers import FreshDatabase

KEY = PublicKey(
    kty="EC",
    crv="P-256",
    x="f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    y="x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
)


def strong(*roles: str) -> Actor:
    more = {"assurance": "aal2", "authenticated_at": int(time.time())}
    return staff(*roles, department="city").model_copy(update=more)


def asked(database: FreshDatabase, question: Callable[[Store], Awaitable[Any]]) -> Any:
    async def ask() -> Any:
        store = store_of(database)
        try:
            return await question(store)
        finally:
            await store.close()

    return asyncio.run(ask())


def register(directory: Directory) -> ClientView:
    wish = RegisterClient(
        name="Parks portal",
        department="city.parks",
        purpose="service_delivery",
        scopes=("cases_read",),
        expires_at=now() + timedelta(days=30),
        key=KEY,
    )
    found: ClientView = directory.ask(strong("administrator"), wish)
    return found


def test_a_registered_system_is_known_until_it_is_suspended(database: Callable[[str], FreshDatabase]) -> None:
    fresh = database("gateway")
    directory = Directory(fresh.url)
    portal = register(directory)
    known = asked(fresh, lambda store: SqlKnownClients(store).find(portal.id))
    assert (known.scopes, list(known.keys)) == (("cases_read",), [portal.keys[0].kid])
    directory.ask(strong("security_officer"), SuspendClient(client_id=portal.id, reason="misuse"))
    assert asked(fresh, lambda store: SqlKnownClients(store).find(portal.id)) is None
    assert asked(fresh, lambda store: SqlKnownClients(store).find(uuid4())) is None
    directory.engine.dispose()


def test_an_assertion_is_used_once_whoever_asks_at_the_same_time(database: Callable[[str], FreshDatabase]) -> None:
    fresh = database("gateway")
    directory = Directory(fresh.url)
    portal = register(directory)
    until = datetime.now(UTC) + timedelta(minutes=1)

    async def race() -> list[bool]:
        stores = [store_of(fresh) for _ in range(4)]
        try:
            return list(await asyncio.gather(*(SqlKnownClients(s).use(portal.id, b"x" * 32, until) for s in stores)))
        finally:
            for store in stores:
                await store.close()

    assert sorted(asyncio.run(race())) == [False, False, False, True]
    directory.engine.dispose()


def test_a_system_keeps_the_id_that_it_was_registered_with(database: Callable[[str], FreshDatabase]) -> None:
    fresh = database("gateway")
    directory = Directory(fresh.url)
    portal = register(directory)
    system = Identity(Kind.SYSTEM, ("system",), "city.parks", "aal1", None)
    found = asked(
        fresh,
        lambda store: SqlDirectory(store).id_of(OURSELVES, str(portal.id), system, traceparent=TRACE, enrol=False),
    )
    assert found == portal.id
    directory.engine.dispose()


def test_a_mandate_counts_from_its_beginning_to_its_end_and_no_longer(
    database: Callable[[str], FreshDatabase],
) -> None:
    fresh = database("gateway")
    directory = Directory(fresh.url)
    principal, representative = uuid4(), uuid4()
    agent = staff("agent", department="city")
    wish = {"principal": principal, "representative": representative, "reason": "carer"}
    later = GrantMandate(**wish, begins_at=now() + timedelta(days=1), ends_at=now() + timedelta(days=2))
    directory.ask(agent, later)

    def held() -> Held | None:
        found: Held | None = asked(fresh, lambda store: SqlActing(store).held("mandate", representative, principal))
        return found

    assert held() is None
    granted = directory.ask(agent, GrantMandate(**wish, ends_at=now() + timedelta(days=2)))
    assert held() == Held((), "city")
    assert asked(fresh, lambda store: SqlActing(store).held("mandate", principal, representative)) is None
    assert asked(fresh, lambda store: SqlActing(store).held("delegation", representative, principal)) is None
    directory.ask(agent, EndAuthority(authority_id=granted.id, reason="moved"))
    assert held() is None
    directory.engine.dispose()
