"""Browser sessions in the gateway's store, written by the face itself; each change with its event in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from services.gateway.adapters.store import Connection, Store
from services.gateway.identity.claims import Identity
from services.gateway.identity.standing import CHANNEL
from services.gateway.sessions.session import EndReason, Session, SignedOutMeanwhile
from shared.authz.token import ISSUER_FOR_PEOPLE, system_actor
from shared.contracts.actor import Kind
from shared.contracts.base import Event
from shared.contracts.gateway.events import SessionBegan, SessionEnded, SessionSteppedUp, SignInFailed
from shared.ids import new_id
from shared.persistence.outbox import Fact, add_facts, fact_of

GATEWAY: Final = system_actor(ISSUER_FOR_PEOPLE)
"""Who ends a session that nobody ended by hand."""
MOST_SWEPT: Final = 500
_FIELDS: Final = "id, actor, issuer, sid, identity, version, browser, began_at, seen_at, ends_at, refresh, renew_at"
_ENDED: Final = "RETURNING id, actor, department, assurance, version"
_SESSION_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('session ' || %s || ' ' || %s, 0))"


class SqlSessions:
    """The tables `session` and `spent`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, digest: bytes) -> Session | None:
        async with self._store.statement() as connection:
            asked = await connection.execute(f"SELECT {_FIELDS} FROM session WHERE digest = %s", [digest])  # noqa: S608
            row = await asked.fetchone()
        return None if row is None else _session(row)

    async def spend(self, digest: bytes, until: datetime) -> bool:
        async with self._store.statement() as connection:
            return await _spend(connection, digest, until)

    async def begin(
        self, session: Session, digest: bytes, *, instead_of: UUID | None, at_most: int, traceparent: str
    ) -> None:
        async with self._store.transaction() as connection:
            if session.sid is not None:
                await connection.execute(_SESSION_LOCK, [session.issuer, session.sid])
                gone = await connection.execute(
                    "SELECT 1 FROM spent WHERE digest = %s", [_over(session.issuer, session.sid)]
                )
                if await gone.fetchone() is not None:
                    raise SignedOutMeanwhile
            # one person's sessions are counted by one transaction at a time
            await connection.execute("SELECT 1 FROM actor WHERE id = %s FOR NO KEY UPDATE", [session.actor])
            if instead_of is not None:
                await _end(connection, "signed_in_again", "id = %s", [instead_of], traceparent, by=session.actor)
            row = _row(session) | {"digest": digest}
            names, places = ", ".join(row), ", ".join(f"%({name})s" for name in row)
            await connection.execute(f"INSERT INTO session ({names}) VALUES ({places})", row)  # noqa: S608
            oldest = "id IN (SELECT id FROM session WHERE actor = %s ORDER BY began_at DESC, id DESC OFFSET %s)"
            await _end(connection, "too_many", oldest, [session.actor, at_most], traceparent, by=session.actor)
            began = SessionBegan(
                subject=session.id,
                subject_version=session.version,
                holder=session.actor,
                assurance=session.identity.assurance,
                browser=session.browser,
            )
            await add_facts(connection, [_fact(began, session.actor, session.identity.department, traceparent)])

    async def step_up(self, session: Session, digest: bytes, *, before: bytes, traceparent: str) -> bool:
        async with self._store.transaction() as connection:
            row = _row(session) | {"digest": digest, "before": before}
            done = await connection.execute(
                "UPDATE session SET digest = %(digest)s, sid = %(sid)s, identity = %(identity)s, version = %(version)s, "
                "department = %(department)s, assurance = %(assurance)s, seen_at = %(seen_at)s, refresh = %(refresh)s, "
                "renew_at = %(renew_at)s, renewing_until = NULL WHERE id = %(id)s AND digest = %(before)s",
                row,
            )
            if done.rowcount == 0:
                return False
            told = SessionSteppedUp(
                subject=session.id,
                subject_version=session.version,
                holder=session.actor,
                assurance=session.identity.assurance,
            )
            await _wake(connection, [session.actor])
            await add_facts(connection, [_fact(told, session.actor, session.identity.department, traceparent)])
        return True

    async def touch(self, session: Session, now: datetime) -> None:
        async with self._store.statement() as connection:
            await connection.execute(
                "UPDATE session SET seen_at = %s WHERE id = %s AND seen_at < %s", [now, session.id, now]
            )

    async def end(self, id: UUID, reason: EndReason, *, traceparent: str) -> bool:
        async with self._store.transaction() as connection:
            by = None if reason in {"signed_out", "signed_in_again"} else GATEWAY.id
            return await _end(connection, reason, "id = %s", [id], traceparent, by=by) > 0

    async def end_of_issuer(
        self,
        issuer: str,
        *,
        sid: str | None,
        subject: str | None,
        told: bytes,
        until: datetime,
        traceparent: str,
    ) -> int | None:
        where, values = "issuer = %s", [issuer]
        if sid is not None:
            where, values = f"{where} AND sid = %s", [*values, sid]
        if subject is not None:
            theirs = "actor IN (SELECT id FROM actor WHERE issuer = %s AND subject = %s)"
            where, values = f"{where} AND {theirs}", [*values, issuer, subject]
        async with self._store.transaction() as connection:
            if not await _spend(connection, told, until):
                return None
            if sid is not None:
                await connection.execute(_SESSION_LOCK, [issuer, sid])
                await _spend(connection, _over(issuer, sid), until)
            return await _end(connection, "issuer_signed_out", where, values, traceparent, by=GATEWAY.id)

    async def claim_renewal(self, id: UUID, now: datetime, until: datetime) -> bool:
        async with self._store.statement() as connection:
            done = await connection.execute(
                "UPDATE session SET renewing_until = %s WHERE id = %s AND renew_at <= %s "
                "AND (renewing_until IS NULL OR renewing_until <= %s)",
                [until, id, now, now],
            )
        return done.rowcount == 1

    async def renewed(self, session: Session) -> bool:
        async with self._store.statement() as connection:
            done = await connection.execute(
                "UPDATE session SET identity = %(identity)s, department = %(department)s, assurance = %(assurance)s, "
                "refresh = %(refresh)s, renew_at = %(renew_at)s, renewing_until = NULL WHERE id = %(id)s",
                _row(session),
            )
        return done.rowcount == 1

    async def sweep(self, now: datetime, idle_since: datetime) -> int:
        async with self._store.transaction() as connection:
            await connection.execute("DELETE FROM spent WHERE until < %s", [now])
            ended = 0
            for reason, where, moment in (("too_old", "ends_at <= %s", now), ("idle", "seen_at <= %s", idle_since)):
                some = f"id IN (SELECT id FROM session WHERE {where} LIMIT {MOST_SWEPT} FOR UPDATE SKIP LOCKED)"  # noqa: S608
                ended += await _end(connection, reason, some, [moment], "", by=GATEWAY.id)
            return ended

    async def tell_failed(self, reason: str, issuer: str | None, *, traceparent: str) -> None:
        digest = sha256((issuer or "").encode()).hexdigest()
        failed = SignInFailed(subject=new_id(), subject_version=1, reason=reason, issuer_digest=digest)
        async with self._store.statement() as connection:
            await add_facts(connection, [_fact(failed, GATEWAY.id, GATEWAY.department, traceparent)])


async def _end(
    connection: Connection, reason: str, where: str, values: Sequence[Any], traceparent: str, *, by: UUID | None
) -> int:
    """Ends those for which the condition holds, by somebody, or by whoever holds them where nobody is named."""
    done = await connection.execute(f"DELETE FROM session WHERE {where} {_ENDED}", values)  # noqa: S608 - none of it from outside
    rows = await done.fetchall()
    facts = []
    for id, actor, department, assurance, version in rows:
        ended = SessionEnded(subject=id, subject_version=version + 1, holder=actor, assurance=assurance, reason=reason)
        facts.append(_fact(ended, by or actor, department, traceparent))
    if facts:
        await _wake(connection, {row[1] for row in rows})
        await add_facts(connection, facts)
    return len(rows)


async def _spend(connection: Connection, digest: bytes, until: datetime) -> bool:
    done = await connection.execute(
        "INSERT INTO spent (digest, until) VALUES (%s, %s) ON CONFLICT (digest) DO NOTHING", [digest, until]
    )
    return done.rowcount == 1


async def _wake(connection: Connection, actors: Sequence[UUID] | set[UUID]) -> None:
    """Every replica looks again at who these are, and at what still streams to them."""
    for actor in actors:
        await connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(actor)])


def _fact(event: Event, actor: UUID, department: str, traceparent: str) -> Fact:
    return fact_of(event, actor=actor, department=department, traceparent=traceparent)


def _over(issuer: str, sid: str) -> bytes:
    return sha256(f"session over\0{issuer}\0{sid}".encode()).digest()


def _row(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "actor": session.actor,
        "issuer": session.issuer,
        "sid": session.sid,
        "identity": Jsonb(_told(session.identity)),
        "department": session.identity.department,
        "assurance": session.identity.assurance,
        "version": session.version,
        "browser": session.browser,
        "began_at": session.began_at,
        "seen_at": session.seen_at,
        "ends_at": session.ends_at,
        "refresh": session.refresh,
        "renew_at": session.renew_at,
    }


def _session(row: Sequence[Any]) -> Session:
    id, actor, issuer, sid, identity, version, browser, began_at, seen_at, ends_at, refresh, renew_at = row
    return Session(
        id=id,
        actor=actor,
        issuer=issuer,
        sid=sid,
        identity=_identity(identity),
        version=version,
        browser=browser,
        began_at=began_at,
        seen_at=seen_at,
        ends_at=ends_at,
        refresh=None if refresh is None else bytes(refresh),
        renew_at=renew_at,
    )


def _told(identity: Identity) -> dict[str, Any]:
    return {
        "kind": identity.kind.value,
        "roles": list(identity.roles),
        "department": identity.department,
        "assurance": identity.assurance,
        "contact_id": str(identity.contact_id) if identity.contact_id else None,
        "authenticated_at": identity.authenticated_at,
    }


def _identity(told: Mapping[str, Any]) -> Identity:
    return Identity(
        kind=Kind(told["kind"]),
        roles=tuple(told["roles"]),
        department=told["department"],
        assurance=told["assurance"],
        contact_id=UUID(told["contact_id"]) if told["contact_id"] else None,
        authenticated_at=told["authenticated_at"],
    )
