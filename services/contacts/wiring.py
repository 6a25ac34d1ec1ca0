"""The one page that says which tool stands behind each port."""

from typing import Any

from nameko.extensions import DependencyProvider

from services.contacts.adapters.points import StandardPoints
from services.contacts.adapters.unit_of_work import ContactsWork, unit_of_work
from shared.call import Call
from shared.persistence.unit_of_work import SqlUnitOfWork
from shared.rpc.config import ENGINE, SETTINGS
from shared.rpc.server import CallBound


class UnitOfWork(CallBound):
    """A transaction on the contacts store, for the call in hand."""

    def setup(self) -> None:
        self.engine = self.container.config[ENGINE]

    def for_call(self, call: Call) -> SqlUnitOfWork[ContactsWork]:
        return unit_of_work(self.engine, call)


class Points(DependencyProvider):  # type: ignore[misc]
    """Normal forms of contact points, for our region."""

    def setup(self) -> None:
        self.points = StandardPoints(self.container.config[SETTINGS].phone_region)

    def get_dependency(self, worker_ctx: Any) -> StandardPoints:
        del worker_ctx  # the same for every call
        return self.points
