"""A small service for the traps: it answers, hears, fails and waits as a test asks."""

import time
from typing import Any
from uuid import UUID

import eventlet
from sqlalchemy import text

from services.contacts.adapters.unit_of_work import unit_of_work
from shared.call import Call
from shared.contracts.contacts.events import ContactRegistered
from shared.contracts.contacts.rpc import ContactView, GetContact, RegisterContact
from shared.errors import Unavailable
from shared.events.subscriber import hears
from shared.rpc.config import ENGINE
from shared.rpc.server import CallBound, answers


class Stores(CallBound):
    """Transactions for the call in hand."""

    def setup(self) -> None:
        self.engine = self.container.config[ENGINE]

    def for_call(self, call: Call) -> Any:
        return unit_of_work(self.engine, call)


class EchoService:
    """Named after the name that is asked for: `wait 3` waits, `block 3` does not even let others run."""

    name = "contacts"
    stores: Any = Stores()

    @answers(RegisterContact)
    def register_contact(self, request: RegisterContact) -> ContactView:
        verb, _, amount = request.name.partition(" ")
        with self.stores() as work:
            work.connection.execute(text("INSERT INTO done (what) VALUES (:what)"), {"what": request.name})
            if verb == "query":
                work.connection.execute(text("SELECT pg_sleep(:n)"), {"n": float(amount)})
            if verb == "wait":
                eventlet.sleep(float(amount))
            return work.reply(_view(request.name))  # type: ignore[no-any-return]

    @answers(GetContact)
    def get_contact(self, request: GetContact) -> ContactView:
        del request
        return _view("here")


class EchoEvents:
    """Hears registrations: what to do stands in the store, so that a test can change it while we run."""

    name = "contacts"
    stores: Any = Stores()

    @hears(ContactRegistered)
    def on_contact_registered(self, event: ContactRegistered) -> None:
        with self.stores() as work:
            work.connection.execute(text("INSERT INTO done (what) VALUES (:what)"), {"what": str(event.subject)})
            mood = work.connection.execute(text("SELECT mood FROM mood")).scalar()
            if mood == "fail":
                raise ValueError("the handler's own error")
            if mood == "unavailable":
                raise Unavailable
            if mood == "refused":
                work.connection.execute(text("SELECT repeat('x', 2000000000)"))
            if mood == "slow":
                eventlet.sleep(1.5)


def _view(name: str) -> ContactView:
    return ContactView.model_validate(
        {
            "id": UUID(int=7),
            "reference": "CON-TEST",
            "kind": "person",
            "department": "city",
            "version": 1,
            "registered_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "name": name,
        }
    )
