"""What happened is written beside what changed, in the same transaction. Only the relay publishes it."""

from collections.abc import Iterable

from sqlalchemy import Connection, Table, insert

from shared.call import Call
from shared.clock import now
from shared.contracts.base import Event
from shared.contracts.envelope import MAXIMUM_BYTES, canonical, draft
from shared.ids import new_id


def add(connection: Connection, outbox: Table, events: Iterable[Event], call: Call) -> None:
    """The events will be published if, and only if, this transaction commits."""
    rows = []
    recorded_at = now()
    for event in events:
        envelope = draft(
            event,
            id=(event_id := new_id()),
            department=call.actor.department,
            actor=str(call.actor.id),
            traceparent=call.traceparent,
            recorded_at=recorded_at,
        )
        body = canonical(envelope)
        if len(body) > MAXIMUM_BYTES:
            raise ValueError(
                f"{event.type} of {len(body)} bytes is over {MAXIMUM_BYTES}: events carry facts, not content"
            )
        rows.append({"event_id": event_id, "routing_key": event.routing_key, "body": body.decode()})
    if rows:
        connection.execute(insert(outbox).values(rows))
