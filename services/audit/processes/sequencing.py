"""One transaction of the sequencer: entries, heartbeats and what the log tells of itself commit together, or nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from psycopg import AsyncConnection

from services.audit.adapters.arrivals import Appended, Arrival, Refused
from services.audit.adapters.log_reader import read
from services.audit.adapters.log_store import append_batch
from services.audit.adapters.stream_store import open_gaps, record_gaps, record_heartbeat, streams
from services.audit.domain.gaps import Suspicion, judge
from services.audit.processes.taking_in import Heartbeat, Quarantined, Taken
from shared.authz.token import SERVICES, system_actor
from shared.contracts.audit.events import EquivocationFound, GapClosed, GapOpened, MessageQuarantined
from shared.contracts.base import Event
from shared.observability.tracing import begin
from shared.persistence.outbox import Fact, add_facts, fact_of

OBJECTIONS = UUID("8c6a3c0e-7f2e-5a53-9d0f-1f6f6a1f0b6d")
"""The namespace of ids for facts that a redelivery would state again."""
ACTOR = system_actor("audit")


async def record(connection: AsyncConnection[Any], taken: Sequence[Taken], fence: int, at: datetime) -> Appended | None:
    """Everything in `taken` is on record, once, whoever delivers it again."""
    arrivals = [one for one in taken if isinstance(one, Arrival)]
    async with connection.transaction():
        appended = await append_batch(connection, arrivals, fence) if arrivals else None
        for beat in _latest(taken):
            await record_heartbeat(connection, producer=beat.producer, epoch=beat.epoch, head=beat.head, at=at)
        facts = [_quarantined(one) for one in taken if isinstance(one, Quarantined)]
        facts += [_equivocation(one) for one in appended.refused] if appended else []
        if facts:
            await add_facts(connection, facts)
    return appended


async def watch_gaps(
    connection: AsyncConnection[Any], suspected: dict[tuple[str, str], Sequence[Suspicion]], at: datetime
) -> tuple[dict[tuple[str, str], Sequence[Suspicion]], int]:
    """Open and close gaps on record; answers with what to keep watching, and how many gaps are open."""
    still: dict[tuple[str, str], Sequence[Suspicion]] = {}
    opened = 0
    async with connection.transaction():
        for stream in await read(connection, streams()):
            key = (stream.producer, stream.epoch)
            on_record = await read(connection, open_gaps(*key))
            verdict = judge(missing=stream.missing, open_gaps=on_record, suspected=suspected.get(key, ()), now=at)
            still[key] = verdict.suspected
            opened += len(on_record) + len(verdict.opened) - len(verdict.closed)
            if not (verdict.opened or verdict.closed):
                continue
            await record_gaps(connection, producer=key[0], epoch=key[1], judgement=verdict, at=at)
            told: list[Event] = [_gap(GapOpened, key, *gap) for gap in verdict.opened]
            told += [_gap(GapClosed, key, *gap) for gap in verdict.closed]
            await add_facts(connection, [_fact(event) for event in told])
    return still, opened


def _latest(taken: Sequence[Taken]) -> list[Heartbeat]:
    found: dict[tuple[str, str], Heartbeat] = {}
    for one in taken:
        if isinstance(one, Heartbeat):
            known = found.setdefault((one.producer, one.epoch), one)
            if one.head > known.head:
                found[one.producer, one.epoch] = one
    return list(found.values())


def _gap(kind: type[GapOpened | GapClosed], key: tuple[str, str], first: int, last: int) -> Event:
    producer, epoch = key
    return kind(
        subject=uuid5(SERVICES, producer), subject_version=1, producer=producer, epoch=epoch, first=first, last=last
    )


def _quarantined(one: Quarantined) -> Fact:
    event = MessageQuarantined(subject=ACTOR.id, subject_version=1, digest=one.digest, size=one.size, reason=one.reason)
    return _fact(event, uuid5(OBJECTIONS, f"quarantine {one.digest}"))


def _equivocation(one: Refused) -> Fact:
    event = one.arrival.event
    found = EquivocationFound(
        subject=uuid5(SERVICES, event.producer),
        subject_version=1,
        producer=event.producer,
        epoch=event.epoch,
        sequence=event.sequence,
        first_digest=one.recorded_hash.hex(),
        second_digest=one.received_hash.hex(),
    )
    return _fact(found, uuid5(OBJECTIONS, f"{one.recorded_hash.hex()} {one.received_hash.hex()}"))


def _fact(event: Event, id: UUID | None = None) -> Fact:
    return fact_of(event, actor=ACTOR.id, department=ACTOR.department, traceparent=begin("audit").traceparent, id=id)
