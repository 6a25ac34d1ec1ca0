"""The owner decides again: whoever gets past the gateway, or takes its word further than it goes, gets nowhere."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from shared.authz.token import Signer
from shared.contracts.actor import Actor
from shared.contracts.base import Request
from shared.contracts.contacts.rpc import FindContacts, GetContact, GetContactCard, RegisterContact
from shared.errors import Forbidden, NotFound, ServiceError
from shared.observability.tracing import begin
from shared.rpc.asyncio_client import AsyncRpc
from tests.support.actors import staff
from tests.support.processes import Starter
from tests.support.servers import FreshDatabase, FreshVhost

AGENT = staff("agent")
EDITOR = staff("knowledge_editor")
SOMEBODY = uuid4()
Ask = Callable[..., Any]


@pytest.fixture
def ask(processes: Starter, vhost: FreshVhost, database: Callable[[str], FreshDatabase]) -> Ask:
    """A call to contacts, past the gateway: by `actor`, with a token for `operation`, signed by `signer`."""
    store = database("contacts")
    processes.service("services.contacts.service:ContactsService", database_url=store.url, vhost=vhost)
    keys = processes.keys

    def asking(
        actor: Actor, request: Request[Any], *, operation: str | None = None, signer: Signer | None = None
    ) -> Any:
        async def call() -> Any:
            rpc = AsyncRpc(vhost.amqp_url, name="test")
            await rpc.connect()
            try:
                return await rpc.call(
                    request,
                    token=(signer or keys.signer()).sign(
                        actor, operation=request.method if operation is None else operation
                    ),
                    traceparent=begin("test").traceparent,
                    command_id=uuid4() if request.writes else None,
                )
            finally:
                await rpc.close()

        return asyncio.run(call())

    return asking


def refusal(ask: Ask, actor: Actor, request: Request[Any], **how: Any) -> ServiceError:
    with pytest.raises(ServiceError) as error:
        ask(actor, request, **how)
    return error.value


def test_the_owner_decides_again_and_takes_no_token_further_than_it_goes(ask: Ask) -> None:
    made = ask(AGENT, RegisterContact(name="Siân Ó Briain"))
    look = GetContact(contact_id=made["id"])

    past_the_gateway = refusal(ask, EDITOR, FindContacts(name="sian"))
    assert (type(past_the_gateway), past_the_gateway.error_code) == (Forbidden, "policy")
    hidden = refusal(ask, EDITOR, look)
    absent = refusal(ask, AGENT, GetContact(contact_id=SOMEBODY))
    assert type(hidden) is type(absent) is NotFound
    assert (hidden.error_code, hidden.message) == (absent.error_code, absent.message)

    for operation in ("find_contacts", "get_contact_card", "open_case", "GET_CONTACT", "get_contact ", ""):
        misused = refusal(ask, AGENT, look, operation=operation)
        assert (type(misused), misused.error_code) == (Forbidden, "token_misused")

    card = GetContactCard(contact_id=made["id"])
    assert ask(AGENT, card, operation="open_case")["name"] == "Siân Ó Briain", "a case is filled with what is known"
    assert refusal(ask, AGENT, card, operation="get_contact").error_code == "token_misused"
    assert ask(AGENT, look)["name"] == "Siân Ó Briain"
