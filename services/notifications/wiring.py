"""The one page that says which tool stands behind each port of a nameko process."""

from services.notifications.adapters.unit_of_work import NotificationsWork, unit_of_work
from shared.call import Call
from shared.persistence.unit_of_work import SqlUnitOfWork
from shared.rpc.config import ENGINE
from shared.rpc.server import CallBound


class UnitOfWork(CallBound):
    """A transaction on the notifications store, for the call or event in hand."""

    def setup(self) -> None:
        self.engine = self.container.config[ENGINE]

    def for_call(self, call: Call) -> SqlUnitOfWork[NotificationsWork]:
        return unit_of_work(self.engine, call)
