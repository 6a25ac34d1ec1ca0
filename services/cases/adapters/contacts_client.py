"""What the contacts service lets the caller know of a contact, asked by RPC on the caller's behalf."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from shared.contracts.contacts.rpc import GetContactCard


class Caller(Protocol):
    """Calls other services for the call in hand."""

    def call(self, request: Any) -> Any:
        """The typed answer."""


class RpcContactCards:
    """Contact cards over RPC."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def details(self, contact_id: UUID) -> Mapping[str, str | None]:
        card = self._caller.call(GetContactCard(contact_id=contact_id))
        return {"contact.name": card.name, "contact.email": card.email, "contact.phone": card.phone}
