"""One transaction on the contacts store."""

from sqlalchemy import Connection, Engine

from services.contacts.adapters.changes import SqlChanges
from services.contacts.adapters.contacts import SqlContacts
from services.contacts.adapters.interactions import SqlInteractions
from services.contacts.adapters.tables import floor
from shared.authz.decisions import ActorPermissions, policies_of
from shared.call import Call
from shared.persistence.unit_of_work import SqlUnitOfWork, Work


class ContactsWork(Work):
    """What a use case touches in one transaction."""

    def __init__(self, connection: Connection, call: Call) -> None:
        super().__init__(connection, call)
        self.contacts = SqlContacts(connection)
        self.changes = SqlChanges(connection)
        self.interactions = SqlInteractions(connection)
        self.permissions = ActorPermissions(policies_of("contacts"), call.actor)


def unit_of_work(engine: Engine, call: Call) -> SqlUnitOfWork[ContactsWork]:
    """Opens transactions on the contacts store for one call."""
    return SqlUnitOfWork(engine, floor, call, ContactsWork)
