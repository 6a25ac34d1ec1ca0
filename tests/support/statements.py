"""What goes over the wire to a store, as libpq itself notes it: no layer above can send something unseen."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg.pq import Trace
from sqlalchemy import Engine, event

EXECUTED: Final = re.compile(r"^F\t\d+\t(Query|Execute)\t", re.MULTILINE)
AWAITED: Final = re.compile(r"^F\t\d+\t(Query|Sync)\b", re.MULTILINE)


@dataclass
class Wire:
    """What was sent while the block lasted; complete when it has ended."""

    statements: int = 0
    """Everything the server executed, BEGIN and COMMIT too."""
    said: str = field(default="", repr=True)


@contextmanager
def on_the_wire(engine: Engine) -> Iterator[Wire]:
    """Count what is sent over connections taken from `engine` within the block."""
    wire = Wire()
    with tempfile.TemporaryFile("w+") as file:

        def taken(connection: psycopg.Connection[Any], *_: Any) -> None:
            connection.pgconn.trace(file.fileno())
            connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)

        def returned(connection: psycopg.Connection[Any], *_: Any) -> None:
            connection.pgconn.untrace()

        event.listen(engine, "checkout", taken)
        event.listen(engine, "checkin", returned)
        try:
            yield wire
        finally:
            event.remove(engine, "checkout", taken)
            event.remove(engine, "checkin", returned)
            file.seek(0)
            wire.said = file.read()
            wire.statements = len(EXECUTED.findall(wire.said))
