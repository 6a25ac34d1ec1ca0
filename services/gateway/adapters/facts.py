"""The gateway's own facts on their way into its outbox, from which only the relay publishes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.gateway.adapters.store import Connection
from shared.clock import now
from shared.contracts.base import Event
from shared.contracts.envelope import MAXIMUM_BYTES, canonical, draft
from shared.ids import new_id


@dataclass(frozen=True)
class Fact:
    """One row to be."""

    event_id: UUID
    routing_key: str
    body: str


def fact_of(event: Event, *, actor: UUID, department: str, traceparent: str) -> Fact:
    """The event in its envelope, as it will be published but for its number."""
    event_id = new_id()
    envelope = draft(
        event, id=event_id, department=department, actor=str(actor), traceparent=traceparent, recorded_at=now()
    )
    body = canonical(envelope)
    if len(body) > MAXIMUM_BYTES:
        raise ValueError(f"{event.type} of {len(body)} bytes is over {MAXIMUM_BYTES}: events carry facts, not content")
    return Fact(event_id, event.routing_key, body.decode())


async def add(connection: Connection, facts: Sequence[Fact]) -> None:
    """All of them in one statement; they are published if, and only if, the transaction commits."""
    await connection.execute(
        "INSERT INTO outbox (event_id, routing_key, body) SELECT * FROM unnest(%b::uuid[], %b::text[], %b::text[])",
        [
            [fact.event_id for fact in facts],
            [fact.routing_key for fact in facts],
            [fact.body for fact in facts],
        ],
    )
