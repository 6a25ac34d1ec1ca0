"""What happened is written beside what changed, in the same transaction. Only the relay publishes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, Connection

from shared.call import Call
from shared.clock import now
from shared.contracts.base import Event
from shared.contracts.envelope import MAXIMUM_BYTES, canonical, draft
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Fact:
    """One row to be: an event in its envelope, as it will be published but for its number."""

    event_id: UUID
    routing_key: str
    body: str


def fact_of(
    event: Event,
    *,
    actor: UUID,
    department: str,
    traceparent: str,
    on_behalf_of: UUID | None = None,
    id: UUID | None = None,
) -> Fact:
    """The fact that `event` is. An `id` is given where the same fact may be stated twice and must be told once."""
    event_id = id or new_id()
    envelope = draft(
        event,
        id=event_id,
        department=department,
        actor=str(actor),
        on_behalf_of=str(on_behalf_of) if on_behalf_of else None,
        traceparent=traceparent,
        recorded_at=now(),
    )
    body = canonical(envelope)
    if len(body) > MAXIMUM_BYTES:
        raise ValueError(f"{event.type} of {len(body)} bytes is over {MAXIMUM_BYTES}: events carry facts, not content")
    return Fact(event_id, event.routing_key, body.decode())


INSERT = (
    "INSERT INTO outbox (event_id, routing_key, body) SELECT * FROM unnest(%b::uuid[], %b::text[], %b::text[]) "
    "ON CONFLICT (event_id) DO NOTHING"
)
"""However many facts, one statement. A fact that is there already is not told again."""


def add(connection: Connection[Any], told: Iterable[tuple[Event, str | None]], call: Call) -> None:
    """The events, each of its department or else the actor's, will be published if this transaction commits."""
    actor = call.actor
    facts = [
        fact_of(
            event,
            actor=actor.id,
            department=department or actor.department,
            traceparent=call.traceparent,
            on_behalf_of=actor.on_behalf_of,
        )
        for event, department in told
    ]
    if facts:
        connection.execute(INSERT, _columns(facts))


async def add_facts(connection: AsyncConnection[Any], facts: Sequence[Fact]) -> None:
    """The same for asyncio processes."""
    await connection.execute(INSERT, _columns(facts))


def _columns(facts: Sequence[Fact]) -> list[list[Any]]:
    return [[f.event_id for f in facts], [f.routing_key for f in facts], [f.body for f in facts]]
