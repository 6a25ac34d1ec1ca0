"""A call from asyncio to a nameko process, over the real broker, into the real store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from shared.contracts.actor import Actor
from shared.contracts.base import Request
from shared.contracts.contacts.rpc import AmendContact, FindContacts, GetContact, RegisterContact
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.observability.tracing import begin
from shared.rpc.asyncio_client import AsyncRpc
from tests.support.actors import citizen, staff
from tests.support.processes import Starter
from tests.support.servers import FreshDatabase, FreshVhost

AGENT = staff("agent")


@asynccontextmanager
async def client(vhost: FreshVhost) -> AsyncIterator[AsyncRpc]:
    rpc = AsyncRpc(vhost.amqp_url, name="test")
    await rpc.connect()
    yield rpc
    await rpc.close()


def test_a_registered_contact_is_found_again_and_told_once(
    processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]
) -> None:
    store = database("contacts")
    processes.service("services.contacts.service:ContactsService", database_url=store.url, vhost=vhost)
    signer = processes.keys.signer()
    command = uuid4()

    async def story() -> None:
        async with client(vhost) as rpc:
            trace = begin("test").traceparent

            async def ask(request: Request[Any], actor: Actor = AGENT, command_id: UUID | None = None) -> Any:
                token = signer.sign(actor, operation=request.method)
                return await rpc.call(request, token=token, traceparent=trace, command_id=command_id)

            wish = RegisterContact(name="Siân Ó Briain", email="Sian@Example.ORG", phone="020 7946 0018")
            first = await ask(wish, command_id=command)
            again = await ask(wish, command_id=command)
            assert again == first
            assert first["email"] == "sian@example.org"
            assert first["phone"] == "+442079460018"
            with pytest.raises(Invalid) as reused:
                await ask(RegisterContact(name="Somebody Else"), command_id=command)
            assert reused.value.error_code == "idempotency.reused"

            for terms in ({"name": "sian"}, {"name": "sian o brian"}, {"email": "sian@example.org"}):
                page = await ask(FindContacts(**terms))
                assert [c["id"] for c in page["items"]] == [first["id"]], terms

            amended = await ask(
                AmendContact(contact_id=first["id"], version=1, email="s@example.org"), command_id=uuid4()
            )
            assert amended["version"] == 2
            with pytest.raises(Conflict) as stale:
                await ask(AmendContact(contact_id=first["id"], version=1, name="X"), command_id=uuid4())
            assert stale.value.error_code == "stale"
            with pytest.raises(NotFound):
                await ask(GetContact(contact_id=first["id"]), actor=citizen(uuid4()))
            assert (await ask(GetContact(contact_id=first["id"]), actor=citizen(first["id"])))["version"] == 2
            seen = await ask(GetContact(contact_id=first["id"]), actor=staff("auditor"))
            assert seen["name"] is None
            assert "name" in seen["hidden"]
            with pytest.raises(Forbidden):
                await rpc.call(GetContact(contact_id=first["id"]), token="forged", traceparent=trace)

    asyncio.run(story())
    with psycopg.connect(store.url.replace("+psycopg", "")) as connection:
        told = connection.execute("SELECT routing_key FROM outbox ORDER BY id").fetchall()
    assert [row[0] for row in told] == ["contact.registered.v1", "contact.amended.v1"]
