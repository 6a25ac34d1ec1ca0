"""The contacts service's use cases over a store, real or in memory, without a broker: what its tests drive."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import Engine, text

from services.contacts import application
from services.contacts.adapters import unit_of_work as sql
from services.contacts.adapters.points import StandardPoints
from services.contacts.application.ports import UnitOfWork
from shared.call import AlreadyDone, Call, fingerprint, new_traceparent
from shared.contracts.actor import Actor
from shared.contracts.base import Request
from shared.contracts.contacts.rpc import ContactView, InteractionView, RecordInteraction, RegisterContact
from shared.ids import new_id
from shared.persistence.engine import engine_for
from tests.support.actors import staff


@dataclass(frozen=True)
class Told:
    """One fact, as subscribers will have it."""

    key: str
    subject: str
    version: int
    department: str
    data: dict[str, Any]


class Store(Protocol):
    """Where contacts are kept."""

    def unit_of_work(self, call: Call) -> UnitOfWork:
        """Opens transactions for one call."""

    def told(self) -> list[Told]:
        """The facts to be published, in order."""


class Reception:
    """One store, and everybody who may come to it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.points = StandardPoints("GB")

    def ask(self, actor: Actor, request: Request[Any], *, command_id: UUID | None = None) -> Any:
        """What the service would answer to this call."""
        call = Call(
            actor=actor,
            operation=request.method,
            traceparent=new_traceparent(),
            command_id=(command_id or new_id()) if request.writes else None,
            fingerprint=fingerprint(orjson.dumps(request.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)),
        )
        tools: dict[str, Any] = {"unit_of_work": self.store.unit_of_work(call)}
        if request.method in ("register_contact", "amend_contact", "find_contacts"):
            tools["points"] = self.points
        try:
            answer = getattr(application, request.method)(request, **tools)
        except AlreadyDone as done:
            return request.reply.model_validate_json(done.reply)
        return request.reply.model_validate_json(answer.model_dump_json())

    def register(self, name: str = "Siân Ó Briain", *, by: Actor | None = None, **fields: Any) -> ContactView:
        """Register somebody."""
        answer: ContactView = self.ask(by or staff("agent", department="city"), RegisterContact(name=name, **fields))
        return answer

    def note(self, contact_id: UUID, *, by: Actor, **fields: Any) -> InteractionView:
        """Record a call."""
        fields = {"channel": "phone", "subject": "Skip in the street", "body": "Asked how long."} | fields
        answer: InteractionView = self.ask(by, RecordInteraction(contact_id=contact_id, **fields))
        return answer

    def every(self, actor: Actor, ask: Callable[[str | None], Request[Any]]) -> Iterator[Any]:
        """The pages of a list, to its end."""
        cursor = None
        while True:
            page = self.ask(actor, ask(cursor))
            yield page
            if (cursor := page.next) is None:
                return


class SqlStore:
    """The real one."""

    def __init__(self, url: str, *, pool_size: int = 4) -> None:
        self.engine: Engine = engine_for(url, pool_size=pool_size)

    def unit_of_work(self, call: Call) -> Any:
        return sql.unit_of_work(self.engine, call)

    def told(self) -> list[Told]:
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT routing_key, body FROM outbox ORDER BY id")).all()
        return [_told(row.routing_key, orjson.loads(row.body)) for row in rows]


def _told(key: str, body: dict[str, Any]) -> Told:
    return Told(key, body["subject"], body["subjectversion"], body["department"], body["data"])
