"""What contacts answers: somebody, nobody, not now, or nothing that could be used."""

import asyncio
from typing import Any

import pytest

from services.notifications.adapters.recipients import RpcRecipients
from services.notifications.application.ports import Recipient
from services.notifications.domain.errors import ContactUnreadable
from services.notifications.domain.message import About, Message
from shared.clock import now
from shared.errors import Forbidden, Invalid, NotFound, ServiceError, TooMany, Unavailable
from shared.ids import new_id

MESSAGE = Message(
    id=new_id(), contact_id=new_id(), case_id=None, department="city", template="t", cause=new_id(),
    about=About("C", "x"), traceparent="", created_at=now(),
)  # fmt: skip
CARD = {
    "id": str(MESSAGE.contact_id), "reference": "CON-1", "kind": "person", "version": 1, "language": "en",
    "name": "Ann", "email": "ann@example.org",
}  # fmt: skip


class Stub:
    """Contacts and the signer in one: answers as told."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def as_itself(self, *, operation: str) -> str:
        return operation

    async def call(self, *_: Any, **__: Any) -> Any:
        if isinstance(self._answer, ServiceError):
            raise self._answer
        return self._answer


def asked(answer: Any) -> Recipient | None:
    stub: Any = Stub(answer)
    return asyncio.run(RpcRecipients(stub, stub).of(MESSAGE))


def test_somebody_and_nobody_are_answers() -> None:
    assert asked(CARD) == Recipient("Ann", "ann@example.org", "en")
    assert asked(NotFound(code="contacts.unknown")) is None


@pytest.mark.parametrize("code", ["store_unavailable", "broker_unavailable", "callee_silent", "no_such_service"])
def test_contacts_is_down_where_nobody_can_be_asked(code: str) -> None:
    with pytest.raises(Unavailable) as error:
        asked(Unavailable(code=code))
    assert error.value.error_code == code


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Forbidden(code="policy"), "policy"),
        (Invalid(), "invalid"),
        (TooMany(), "too_many"),
        (Unavailable(code="failed"), "failed"),
        (Unavailable(code="callee_failed"), "callee_failed"),
        (None, "card_invalid"),
        (CARD | {"language": 7, "name": "Zebedee"}, "card_invalid"),
    ],
)
def test_any_other_no_is_about_one_contact_and_quotes_nothing(answer: Any, why: str) -> None:
    with pytest.raises(ContactUnreadable) as error:
        asked(answer)
    assert (error.value.why, str(error.value)) == (why, why)
    assert "Zebedee" not in str(error.getrepr(chain=True, style="short"))
