"""A command is done once and answered alike every time, because a call may be delivered twice."""

from uuid import UUID

from sqlalchemy import Connection, Table, insert, text

from shared.call import AlreadyDone, Call
from shared.errors import Conflict, Invalid

TAKE_UP = text(
    "SELECT pg_try_advisory_xact_lock(:lock) AS mine, command.fingerprint, command.reply "
    "FROM (SELECT 1) AS one LEFT JOIN command ON command.id = :id"
)


class CommandInFlight(Conflict):
    """The same command is being done right now: try again with the same key in a moment."""

    code = "idempotency.in_flight"


class CommandReused(Invalid):
    """This idempotency key was used before for a different request: use a new key."""

    code = "idempotency.reused"


def begin(connection: Connection, call: Call) -> None:
    """Take up the command of `call`; raises AlreadyDone with its answer, or CommandInFlight, or CommandReused."""
    assert call.command_id is not None
    lock = _lock_key(call.command_id)
    row = connection.execute(TAKE_UP, {"lock": lock, "id": call.command_id}).one()
    if row.reply is not None:
        if row.fingerprint != call.fingerprint:
            raise CommandReused
        raise AlreadyDone(row.reply)
    if not row.mine:
        raise CommandInFlight


def finish(connection: Connection, command: Table, call: Call, reply: bytes) -> None:
    """Keep the answer with the command. A rival that was faster makes this raise IntegrityError: begin again."""
    row = {"id": call.command_id, "method": call.operation, "fingerprint": call.fingerprint, "reply": reply}
    connection.execute(insert(command), row)


def _lock_key(command_id: UUID) -> int:
    return int.from_bytes(command_id.bytes[8:], "big", signed=True)
