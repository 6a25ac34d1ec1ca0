"""A command is done once and answered alike every time, because a call may be delivered twice."""

from typing import Any, NoReturn
from uuid import UUID

from psycopg import Connection

from shared.call import AlreadyDone, Call
from shared.errors import Conflict, Invalid

TAKE_UP = (
    "SELECT pg_try_advisory_xact_lock(%b), command.fingerprint, command.reply "
    "FROM (SELECT 1) AS one LEFT JOIN command ON command.id = %b"
)
LOOK = "SELECT fingerprint, reply FROM command WHERE id = %b"
FINISH = "INSERT INTO command (id, method, fingerprint, reply) VALUES (%b, %s, %b, %b)"


class CommandInFlight(Conflict):
    """The same command is being done right now: try again with the same key in a moment."""

    code = "idempotency.in_flight"


class CommandReused(Invalid):
    """This idempotency key was used before for a different request: use a new key."""

    code = "idempotency.reused"


def begin(connection: Connection[Any], call: Call) -> None:
    """Take up the command of `call`; raises AlreadyDone with its answer, or CommandInFlight, or CommandReused."""
    assert call.command_id is not None
    with connection.pipeline():  # the transaction's beginning and its first question travel together
        cursor = connection.execute(TAKE_UP, [_lock_key(call.command_id), call.command_id])
    row = cursor.fetchone()
    assert row is not None
    mine, fingerprint, reply = row
    if reply is not None:
        _answer_again(call, fingerprint, reply)
    if not mine:
        raise CommandInFlight


def look(connection: Connection[Any], call: Call) -> None:
    """Raise what `begin` would of a command that was done before; takes nothing up."""
    row = connection.execute(LOOK, [call.command_id]).fetchone()
    if row is not None:
        _answer_again(call, *row)


def finish(connection: Connection[Any], call: Call, reply: bytes) -> None:
    """Keep the answer with the command. A rival that was faster makes this raise UniqueViolation: begin again."""
    connection.execute(FINISH, [call.command_id, call.operation, call.fingerprint, reply])


def _answer_again(call: Call, fingerprint: bytes, reply: bytes) -> NoReturn:
    if fingerprint != call.fingerprint:
        raise CommandReused
    raise AlreadyDone(reply)


def _lock_key(command_id: UUID) -> int:
    return int.from_bytes(command_id.bytes[8:], "big", signed=True)
