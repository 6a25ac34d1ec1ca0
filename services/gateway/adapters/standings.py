"""What the directory knows of everybody, read from the store and remembered for as long as changes are heard."""

import asyncio
from collections import OrderedDict
from typing import Final
from uuid import UUID

import structlog

from services.gateway.adapters.standing_changes import StandingChanges
from services.gateway.adapters.store import Store
from services.gateway.identity.standing import Assigned, Record, Registered, Standing, Watcher, standing_at
from shared.clock import now

log = structlog.get_logger()
MOST_REMEMBERED: Final = 50_000
ASK: Final = """
SELECT coalesce(staff.active AND staff.removed_at IS NULL, client.active), coalesce(staff.department, client.department),
       client.scopes, client.purpose, client.expires_at,
       assignment.kind, assignment.role, assignment.about, assignment.begins_at, assignment.ends_at
FROM (SELECT %s::uuid AS id) AS asked
LEFT JOIN staff ON staff.id = asked.id
LEFT JOIN client ON client.id = asked.id
LEFT JOIN assignment ON assignment.holder = ANY (ARRAY[asked.id, client.owner])
      AND (assignment.holder = asked.id OR assignment.kind = 'excluded') AND assignment.ended_at IS NULL
      AND (assignment.ends_at IS NULL OR assignment.ends_at > now())
"""


class SqlStandings:
    """Standings from the gateway's store. A change that is heard drops what was remembered of that actor."""

    def __init__(self, store: Store, changes: StandingChanges) -> None:
        self._store, self._changes = store, changes
        self._known: OrderedDict[UUID, tuple[Record, Standing]] = OrderedDict()
        self._epoch = 0
        self._asking: dict[UUID, asyncio.Task[Standing]] = {}
        changes.on_change(self._forget)

    def on_change(self, watcher: Watcher) -> None:
        """From now on, tell `watcher` of every change."""
        self._changes.on_change(watcher)

    async def of(self, actor_id: UUID) -> Standing:
        """The standing of this actor, no older than a second; raises StoreUnavailable where that cannot be known."""
        if self._changes.listening and (found := self._known.get(actor_id)) is not None:
            record, standing = found
            if standing.until is None or now() < standing.until:
                return standing
            return self._remember(actor_id, record)
        return await self._ask(actor_id)

    async def _ask(self, actor_id: UUID) -> Standing:
        # those who ask for the same actor at once share one question, but nobody shares one asked before a change
        asking = self._asking.get(actor_id)
        if asking is None:
            asking = asyncio.create_task(self._read(actor_id))
            self._asking[actor_id] = asking
            asking.add_done_callback(lambda done: self._asked(actor_id, done))
        return await asyncio.shield(asking)

    def _asked(self, actor_id: UUID, done: asyncio.Task[Standing]) -> None:
        if self._asking.get(actor_id) is done:
            del self._asking[actor_id]
        if not done.cancelled():
            done.exception()  # told to those who wait; where nobody does any more, it is not lost either

    async def _read(self, actor_id: UUID) -> Standing:
        epoch = self._epoch
        async with self._store.statement() as connection:
            rows = await (await connection.execute(ASK, [actor_id])).fetchall()
        active, department, scopes, purpose, expires_at = rows[0][:5]
        record = Record(
            active=active is not False,
            department=department,
            assigned=tuple(Assigned(*row[5:]) for row in rows if row[5] is not None),
            registered=Registered(tuple(scopes), purpose, expires_at) if scopes is not None else None,
        )
        if epoch != self._epoch or not self._changes.listening:
            return standing_at(record, now())
        return self._remember(actor_id, record)

    def _remember(self, actor_id: UUID, record: Record) -> Standing:
        standing = standing_at(record, now())
        self._known[actor_id] = (record, standing)
        self._known.move_to_end(actor_id)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return standing

    def _forget(self, actor_id: UUID | None) -> None:
        self._epoch += 1
        if actor_id is None:
            self._known.clear()
            self._asking.clear()
        else:
            self._known.pop(actor_id, None)
            self._asking.pop(actor_id, None)
