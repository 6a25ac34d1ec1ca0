"""One change, one transaction: state, outbox, inbox and command record commit together, here and nowhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import psycopg
from pydantic import BaseModel
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.call import AlreadyHandled, Call
from shared.contracts.base import Event
from shared.errors import Conflict, Unavailable
from shared.persistence import commands, outbox
from shared.persistence.floor import Floor

R = TypeVar("R", bound=BaseModel)
W = TypeVar("W", bound="Work")
SERIALIZATION_FAILURES = {"40001", "40P01", "55P03"}
"""Serialisation failure, deadlock, lock not available: trying again may help."""


class StoreUnavailable(Unavailable):
    """The store cannot be reached. A change that was being made may or may not be there: look, or ask again alike."""

    code = "store_unavailable"


AWAY = {"57P01", "57P02", "57P03", "57P05", "53300", "57014", "53100", "53200"}
"""Shutting down, crashed, starting, idle too long, too many connections, timed out, disk full, out of memory."""


class StoreBusy(Conflict):
    """Somebody else is changing the same thing: nothing was changed, try again."""

    code = "busy"


class Work:
    """What a use case does inside one transaction. A service's own Work adds its repositories."""

    def __init__(self, connection: Connection, call: Call) -> None:
        self.connection = connection
        self.call = call
        self.told: list[tuple[Event, str | None]] = []
        self.answer: bytes | None = None

    def tell(self, *events: Event, department: str | None = None) -> None:
        """The world learns of these if the transaction commits. They are of whose record it is; else of the actor's."""
        self.told.extend((event, department) for event in events)

    def reply(self, view: R) -> R:
        """Keep this answer with the command, so that a repeated call is answered alike."""
        self.answer = view.model_dump_json().encode()
        return view


class SqlUnitOfWork(Generic[W]):
    """Opens transactions for the call in hand. Commits on a clean exit, rolls back on any error."""

    def __init__(self, engine: Engine, floor: Floor, call: Call, work: Callable[[Connection, Call], W]) -> None:
        self._engine, self._floor, self._call, self._work = engine, floor, call, work

    @contextmanager
    def __call__(self) -> Iterator[W]:
        with store_errors(), self._engine.begin() as connection:
            self._take_up(connection)
            work = self._work(connection, self._call)
            yield work
            self._commit(driver_of(connection), work)

    @contextmanager
    def reading(self) -> Iterator[W]:
        """The same repositories for a look: each statement sees the store as it is, without the cost of a transaction."""
        with store_errors(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield self._work(connection, self._call)

    def already_done(self) -> None:
        """Raise AlreadyDone with the answer of a repeated command: for those who ask others before their transaction."""
        if self._call.command_id is None:
            return
        with store_errors(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            commands.look(driver_of(connection), self._call)

    def _commit(self, driver: psycopg.Connection[Any], work: W) -> None:
        # facts, answer and commit travel together: one wait instead of three
        command = self._call.command_id is not None
        assert work.answer is not None or not command, f"{self._call.operation} is a write: it must say its reply"
        try:
            with driver.pipeline():
                outbox.add(driver, work.told, self._call)
                if work.answer is not None and command:
                    commands.finish(driver, self._call, work.answer)
                driver.execute("COMMIT", prepare=False)  # commit() would wait once more by itself
        except psycopg.errors.UniqueViolation as error:
            raise commands.CommandInFlight from error

    def _take_up(self, connection: Connection) -> None:
        if self._call.command_id is not None:
            commands.begin(driver_of(connection), self._call)
        if self._call.message_id is not None:
            inbox = self._floor.inbox
            row = insert(inbox).values(handler=self._call.operation, message_id=self._call.message_id)
            # an INSERT's rowcount is not kept: only a returned row proves that this one is new
            if connection.execute(row.on_conflict_do_nothing().returning(inbox.c.message_id)).first() is None:
                raise AlreadyHandled


def driver_of(connection: Connection) -> psycopg.Connection[Any]:
    """The driver's own connection under SQLAlchemy's, in the same transaction."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def _away(error: BaseException | None) -> bool:
    """Whether the store is away, so that trying again is right. A statement that it refuses is our own fault."""
    if not isinstance(error, psycopg.OperationalError):
        return False
    return error.sqlstate is None or error.sqlstate.startswith("08") or error.sqlstate in AWAY


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn what the database says about itself into what a caller can act on."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreUnavailable("Too many requests are waiting for the store.") from error
    except (DBAPIError, psycopg.Error) as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        if getattr(said, "sqlstate", None) in SERIALIZATION_FAILURES:
            raise StoreBusy from error
        if _away(said):
            raise StoreUnavailable from error
        raise
