"""Recipients as contacts knows them, asked by RPC at send time, as the service itself."""

import time

from pydantic import ValidationError

from services.notifications.adapters.letters import AddressUnusable, address
from services.notifications.application.ports import Recipient
from services.notifications.domain.errors import ContactUnreadable
from services.notifications.domain.message import Message
from shared.authz.token import Signer
from shared.contracts.contacts.rpc import ContactCard, GetContactCard
from shared.errors import NotFound, ServiceError
from shared.rpc.asyncio_client import AsyncRpc

TOKEN_SECONDS = 30.0
"""How long one token is used: half of its life."""
DOWN = frozenset({"store_unavailable", "broker_unavailable", "callee_silent", "no_such_service"})
"""The codes that say that nobody can be asked now. Any other is an answer, and about the one who was asked for."""


class RpcRecipients:
    """Asks contacts. Holds one signed token at a time, because signing costs more than asking."""

    def __init__(self, rpc: AsyncRpc, signer: Signer) -> None:
        self._rpc, self._signer = rpc, signer
        self._token, self._until = "", 0.0

    @property
    def ready(self) -> bool:
        """Whether somebody could be asked now."""
        return self._rpc.ready

    async def of(self, message: Message) -> Recipient | None:
        """To whom a message goes; None where contacts knows nobody.

        Raises Unavailable where contacts does not answer, and ContactUnreadable where its answer is of no use.
        """
        request = GetContactCard(contact_id=message.contact_id)
        try:
            answer = await self._rpc.call(request, token=self._signed(request.method), traceparent=message.traceparent)
        except NotFound:
            return None
        except ServiceError as error:
            if error.error_code in DOWN:
                raise
            raise ContactUnreadable(error.error_code) from error
        try:
            card = ContactCard.model_validate(answer)
        except ValidationError:
            raise ContactUnreadable("card_invalid") from None  # its words would quote the card
        try:
            return Recipient(card.name, address(card.email) if card.email else None, card.language)
        except AddressUnusable:
            return Recipient(card.name, card.email, card.language, usable=False)

    def _signed(self, operation: str) -> str:
        if time.monotonic() > self._until:
            self._token = self._signer.as_itself(operation=operation)
            self._until = time.monotonic() + TOKEN_SECONDS
        return self._token
