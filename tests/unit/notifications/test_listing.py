"""Whose messages the store is asked for: never everybody's on behalf of a citizen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from services.notifications.application import get_message, list_messages
from services.notifications.application.ports import Terms
from services.notifications.domain.errors import MessageUnknown
from services.notifications.domain.message import About, Message
from shared.authz.decisions import ActorPermissions, policies_of
from shared.authz.reach import CONTACT as CONTACT_OF
from shared.authz.reach import DEPARTMENT, Reach
from shared.clock import now
from shared.contracts.actor import Actor
from shared.contracts.notifications.rpc import GetMessage, ListMessages
from shared.contracts.paging import Page
from shared.ids import new_id
from tests.support.actors import citizen, staff

CONTACT = new_id()
MESSAGE = Message(
    id=new_id(), contact_id=CONTACT, case_id=None, department="city.permits", template="t", cause=new_id(),
    about=About("CASE-1", "x"), traceparent="", created_at=now(),
)  # fmt: skip
NOBODY = citizen(CONTACT).model_copy(update={"contact_id": None})


class Store:
    """One message, a further page, and what was asked."""

    def __init__(self, actor: Actor) -> None:
        self.messages = self.attempts = self
        self.permissions = ActorPermissions(policies_of("notifications"), actor)
        self.asked: list[tuple[Terms, Reach]] = []

    @contextmanager
    def reading(self) -> Iterator[Any]:
        yield self

    def page(self, terms: Terms, reach: Reach, limit: int, after: str | None) -> tuple[Sequence[Message], str | None]:
        del limit, after
        self.asked.append((terms, reach))
        return [MESSAGE], "further"

    def get(self, message_id: UUID) -> Message:
        assert message_id == MESSAGE.id
        return MESSAGE

    def of(self, message_id: UUID) -> Sequence[Any]:
        del message_id
        return ()


def listed(store: Any, **terms: Any) -> Page[Any]:
    return list_messages(ListMessages(**terms), unit_of_work=store)


@pytest.mark.parametrize("terms", [{}, {"contact_id": CONTACT}, {"case_id": new_id()}])
def test_a_citizen_who_is_no_contact_gets_an_empty_page_and_the_store_is_not_asked(terms: dict[str, Any]) -> None:
    store = Store(NOBODY)
    page = listed(store, **terms)
    assert (page.items, page.next, store.asked) == ((), None, [])


def test_whoever_a_citizen_asks_for_the_store_looks_through_their_own_messages_only() -> None:
    store = Store(citizen(CONTACT))
    listed(store, contact_id=new_id())
    ((_, reach),) = store.asked
    assert (reach.relations, reach.granted, reach.contact_id) == ((frozenset({CONTACT_OF}),), (), CONTACT)


def test_the_store_is_asked_for_a_citizens_own_messages_and_for_a_colleagues_department() -> None:
    theirs, ours = Store(citizen(CONTACT)), Store(staff("agent"))
    assert [message.id for message in listed(theirs).items] == [MESSAGE.id]
    assert [message.id for message in listed(ours).items] == [MESSAGE.id]
    assert [reach.relations for _, reach in theirs.asked] == [(frozenset({CONTACT_OF}),)]
    assert [(reach.relations, reach.department) for _, reach in ours.asked] == [
        ((frozenset({DEPARTMENT}),), "city.permits")
    ]


def test_a_citizen_who_is_no_contact_knows_of_no_message() -> None:
    store: Any = Store(NOBODY)
    with pytest.raises(MessageUnknown):
        get_message(GetMessage(message_id=MESSAGE.id), unit_of_work=store)
