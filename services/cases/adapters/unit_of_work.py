"""One transaction on the cases store."""

from functools import partial

from sqlalchemy import Connection, Engine

from services.cases.adapters.case_types import SqlCaseTypes
from services.cases.adapters.cases import SqlCases
from services.cases.adapters.history import SqlHistory
from services.cases.adapters.shelf import Shelf
from services.cases.adapters.tables import floor
from shared.authz.decisions import ActorPermissions, policies_of
from shared.call import Call
from shared.persistence.unit_of_work import SqlUnitOfWork, Work


class CasesWork(Work):
    """What a use case touches in one transaction."""

    def __init__(self, connection: Connection, call: Call, *, shelf: Shelf) -> None:
        super().__init__(connection, call)
        self.case_types = SqlCaseTypes(connection, shelf)
        self.cases = SqlCases(connection, self.case_types)
        self.history = SqlHistory(connection)
        self.permissions = ActorPermissions(policies_of("cases"), call.actor)


def unit_of_work(engine: Engine, call: Call, shelf: Shelf) -> SqlUnitOfWork[CasesWork]:
    """Opens transactions on the cases store for one call."""
    return SqlUnitOfWork(engine, floor, call, partial(CasesWork, shelf=shelf))
