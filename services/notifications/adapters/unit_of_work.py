"""One transaction on the notifications store."""

from uuid import UUID

from sqlalchemy import Connection, Engine

from services.notifications.adapters.attempts import SqlAttempts
from services.notifications.adapters.messages import SqlMessages
from services.notifications.adapters.tables import floor
from services.notifications.adapters.templates import SqlTemplates
from shared.authz.decisions import ActorPermissions, policies_of
from shared.call import Call
from shared.persistence.unit_of_work import SqlUnitOfWork, Work


class NotificationsWork(Work):
    """What a use case touches in one transaction."""

    def __init__(self, connection: Connection, call: Call) -> None:
        super().__init__(connection, call)
        self.templates = SqlTemplates(connection)
        self.messages = SqlMessages(connection)
        self.attempts = SqlAttempts(connection)
        self.permissions = ActorPermissions(policies_of("notifications"), call.actor)

    @property
    def cause(self) -> UUID:
        assert self.call.message_id is not None, f"{self.call.operation} handles no event"
        return self.call.message_id

    @property
    def traceparent(self) -> str:
        return self.call.traceparent


def unit_of_work(engine: Engine, call: Call) -> SqlUnitOfWork[NotificationsWork]:
    """Opens transactions on the notifications store for one call."""
    return SqlUnitOfWork(engine, floor, call, NotificationsWork)
