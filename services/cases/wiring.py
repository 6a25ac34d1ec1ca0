"""The one page that says which tool stands behind each port."""

from typing import Any

from nameko.extensions import DependencyProvider

from services.cases.adapters.contacts_client import RpcContactCards
from services.cases.adapters.rulebook import standard_rulebook
from services.cases.adapters.shelf import Shelf
from services.cases.adapters.unit_of_work import CasesWork, unit_of_work
from services.cases.application import ports
from shared.call import Call
from shared.persistence.unit_of_work import SqlUnitOfWork
from shared.rpc.client import Caller, Rpc
from shared.rpc.config import ENGINE
from shared.rpc.server import CallBound


class UnitOfWork(CallBound):
    """A transaction on the cases store, for the call in hand."""

    def setup(self) -> None:
        self.engine = self.container.config[ENGINE]
        self.shelf = Shelf(standard_rulebook())

    def for_call(self, call: Call) -> SqlUnitOfWork[CasesWork]:
        return unit_of_work(self.engine, call, self.shelf)


class ContactCards(Rpc):
    """Contact cards, asked for by whoever made the call in hand."""

    def for_call(self, call: Call) -> Any:
        caller: Caller = super().for_call(call)
        return RpcContactCards(caller)


class Rulebook(DependencyProvider):  # type: ignore[misc]
    """What bundles and forms are examined with."""

    def setup(self) -> None:
        self.rulebook = standard_rulebook()
        # the first look at a calendar takes a second: take it before anybody waits
        self.rulebook.calendars.fault("GB", "UTC")

    def get_dependency(self, _worker_ctx: Any) -> ports.Rulebook:
        return self.rulebook
