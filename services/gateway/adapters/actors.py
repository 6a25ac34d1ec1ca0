"""Gives everybody an internal id at first sight, so that no issuer's name for them travels any further."""

import asyncio
import secrets
from collections import OrderedDict
from typing import Final
from uuid import UUID

from services.gateway.adapters.enrolment import SALT_BYTES, digest
from services.gateway.adapters.store import Store
from services.gateway.identity.claims import Identity
from shared.contracts.gateway.events import ActorEnrolled
from shared.ids import new_id
from shared.persistence.outbox import add_facts, fact_of

MOST_REMEMBERED: Final = 50_000


class SqlDirectory:
    """The table `actor`, with what was read of it lately."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[tuple[str, str], UUID] = OrderedDict()
        self._turn = asyncio.Lock()

    async def id_of(
        self, issuer: str, subject: str, identity: Identity, *, traceparent: str, enrol: bool
    ) -> UUID | None:
        """The internal id of this subject; the first time, they are enrolled, if they may be, and the world is told."""
        found = self._known.get((issuer, subject))
        if found is not None:
            return found
        async with self._turn:
            found = self._known.get((issuer, subject)) or await self._look_up(
                issuer, subject, identity, traceparent, enrol=enrol
            )
            if found is None:
                return None
            self._known[issuer, subject] = found
            if len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return found

    async def _look_up(
        self, issuer: str, subject: str, identity: Identity, traceparent: str, *, enrol: bool
    ) -> UUID | None:
        async with self._store.transaction() as connection:
            asked = "SELECT id FROM actor WHERE issuer = %s AND subject = %s"
            row = await (await connection.execute(asked, [issuer, subject])).fetchone()
            if row is not None:
                return UUID(str(row[0]))
            if not enrol:
                return None
            actor, salt = new_id(), secrets.token_bytes(SALT_BYTES)
            inserted = await connection.execute(
                "INSERT INTO actor (id, issuer, subject, kind, salt) VALUES (%s, %s, %s, %s, %s) "
                "ON CONFLICT (issuer, subject) DO NOTHING",
                [actor, issuer, subject, identity.kind.value, salt],
            )
            if inserted.rowcount == 0:  # another replica was faster
                row = await (await connection.execute(asked, [issuer, subject])).fetchone()
                assert row is not None
                return UUID(str(row[0]))
            enrolled = ActorEnrolled(
                subject=actor, subject_version=1, kind=identity.kind.value, issuer_digest=digest(salt, issuer, subject)
            )
            fact = fact_of(enrolled, actor=actor, department=identity.department, traceparent=traceparent)
            await add_facts(connection, [fact])
            return actor
