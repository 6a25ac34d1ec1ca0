"""The one page that says which tool stands behind each port."""

from services.audit.adapters.looking import SqlLooks
from shared.call import Call
from shared.rpc.config import ENGINE
from shared.rpc.server import CallBound


class Looks(CallBound):
    """A look at the log, for the call in hand."""

    def setup(self) -> None:
        self.engine = self.container.config[ENGINE]

    def for_call(self, call: Call) -> SqlLooks:
        return SqlLooks(self.engine, call)
