"""A command is done once and answered alike every time, because a call may be delivered twice."""

from uuid import UUID

from sqlalchemy import BigInteger, Connection, Table, bindparam, func, insert, literal, select

from shared.call import AlreadyDone, Call
from shared.errors import Conflict, Invalid


class CommandInFlight(Conflict):
    """The same command is being done right now: try again with the same key in a moment."""

    code = "idempotency.in_flight"


class CommandReused(Invalid):
    """This idempotency key was used before for a different request: use a new key."""

    code = "idempotency.reused"


def begin(connection: Connection, command: Table, call: Call) -> None:
    """Take up the command of `call`; raises AlreadyDone with its answer, or CommandInFlight, or CommandReused."""
    assert call.command_id is not None
    row = connection.execute(
        select(
            func.pg_try_advisory_xact_lock(literal(_lock_key(call.command_id), BigInteger)).label("mine"),
            command.c.fingerprint,
            command.c.reply,
        ).select_from(
            select(literal(1)).subquery().outerjoin(command, command.c.id == bindparam("id", call.command_id))
        )
    ).one()
    if row.reply is not None:
        if row.fingerprint != call.fingerprint:
            raise CommandReused
        raise AlreadyDone(row.reply)
    if not row.mine:
        raise CommandInFlight


def finish(connection: Connection, command: Table, call: Call, reply: bytes) -> None:
    """Keep the answer with the command. A rival that was faster makes this raise IntegrityError: begin again."""
    connection.execute(
        insert(command).values(id=call.command_id, method=call.operation, fingerprint=call.fingerprint, reply=reply)
    )


def _lock_key(command_id: UUID) -> int:
    return int.from_bytes(command_id.bytes[8:], "big", signed=True)
