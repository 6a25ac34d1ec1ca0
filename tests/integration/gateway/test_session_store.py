"""Sessions in a real store: however many browsers, replicas and issuers write at once, what must end ends, and is told."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from services.gateway.adapters.actors import SqlDirectory
from services.gateway.adapters.session_store import GATEWAY, SqlSessions
from services.gateway.adapters.store import Store
from services.gateway.identity.claims import Identity
from services.gateway.sessions.session import Session, SignedOutMeanwhile
from shared.clock import now
from shared.contracts.actor import Kind
from shared.contracts.gateway.sessions import EndMySession, EndSessions, ListMySessions, ListSessions
from shared.contracts.gateway.staff import DeactivateStaff
from shared.errors import NotFound, Unavailable
from shared.ids import new_id
from tests.integration.gateway.test_recording import plain, shut
from tests.support.actors import staff
from tests.support.directory import Directory, acting_as
from tests.support.servers import FreshDatabase

Fresh = Callable[[str], FreshDatabase]
ISSUER, TRACE = "https://staff.test", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CARL = Identity(kind=Kind.STAFF, roles=("agent",), department="city.permits", assurance="aal1", contact_id=None)


class House:
    """One store and several replicas at it."""

    def __init__(self, fresh: FreshDatabase, *, replicas: int) -> None:
        self.fresh = fresh
        self.stores = [Store(fresh.url, statement_timeout_ms=3_000, seconds=3.0, name="test") for _ in range(replicas)]
        self.at = [SqlSessions(store) for store in self.stores]

    async def actor(self, subject: str = "carl") -> UUID:
        found = await SqlDirectory(self.stores[0]).id_of(ISSUER, subject, CARL, traceparent=TRACE, enrol=True)
        assert found is not None
        return found

    async def begin(self, actor: UUID, *, at: int = 0, at_most: int = 10, **changes: Any) -> tuple[Session, bytes]:
        digest, session = secrets.token_bytes(32), replace(session_of(actor), **changes)
        await self.at[at].begin(session, digest, instead_of=None, at_most=at_most, traceparent=TRACE)
        return session, digest

    def facts(self, key: str) -> list[dict[str, Any]]:
        with psycopg.connect(plain(self.fresh.url)) as connection:
            asked = "SELECT body FROM outbox WHERE routing_key = %s ORDER BY id"
            return [json.loads(row[0]) for row in connection.execute(asked, [key])]

    def ended(self) -> list[tuple[str, str]]:
        return [(fact["subject"], fact["data"]["reason"]) for fact in self.facts("session.ended.v1")]


def session_of(actor: UUID) -> Session:
    moment = now()
    return Session(
        id=new_id(),
        actor=actor,
        issuer=ISSUER,
        sid=secrets.token_hex(8),
        identity=CARL,
        version=1,
        browser="firefox",
        began_at=moment,
        seen_at=moment,
        ends_at=moment + timedelta(hours=8),
        refresh=b"sealed",
        renew_at=moment + timedelta(minutes=10),
    )


def story(database: Fresh, told: Callable[[House], Awaitable[None]], *, replicas: int = 2) -> None:
    @asynccontextmanager
    async def house() -> AsyncIterator[House]:
        found = House(database("gateway"), replicas=replicas)
        try:
            yield found
        finally:
            for store in found.stores:
                await store.close()

    async def run() -> None:
        async with house() as found:
            await told(found)

    asyncio.run(run())


def test_what_is_kept_is_what_was_begun(database: Fresh) -> None:
    async def told(house: House) -> None:
        session, digest = await house.begin(await house.actor())

        assert await house.at[1].find(digest) == session
        assert await house.at[1].find(secrets.token_bytes(32)) is None
        (began,) = house.facts("session.began.v1")
        assert (began["subject"], began["actor"]) == (str(session.id), str(session.actor))
        assert began["data"] == {"holder": str(session.actor), "assurance": "aal1", "browser": "firefox"}

    story(database, told)


def test_many_sign_ins_at_once_leave_as_many_sessions_as_one_person_may_have(database: Fresh) -> None:
    async def told(house: House) -> None:
        actor = await house.actor()
        begun = await asyncio.gather(*(house.begin(actor, at=n % 4, at_most=3) for n in range(16)))

        left = [session for session, digest in begun if await house.at[0].find(digest)]
        assert len(left) == 3
        assert sorted(reason for _, reason in house.ended()) == ["too_many"] * 13

    story(database, told, replicas=4)


def test_a_state_is_spent_once_on_all_replicas(database: Fresh) -> None:
    async def told(house: House) -> None:
        digest, until = secrets.token_bytes(32), now() + timedelta(minutes=20)
        first = await asyncio.gather(*(house.at[n % 4].spend(digest, until) for n in range(12)))
        assert sorted(first) == [False] * 11 + [True]

    story(database, told, replicas=4)


def test_an_issuers_logout_and_the_sign_in_it_ends_may_cross(database: Fresh) -> None:
    async def told(house: House) -> None:
        actor = await house.actor()
        for _ in range(20):
            sid, digest = secrets.token_hex(8), secrets.token_bytes(32)
            session = replace(session_of(actor), sid=sid)
            until = now() + timedelta(hours=8)
            await asyncio.gather(
                house.at[0].begin(session, digest, instead_of=None, at_most=100, traceparent=TRACE),
                house.at[1].end_of_issuer(
                    ISSUER, sid=sid, subject=None, told=secrets.token_bytes(32), until=until, traceparent=TRACE
                ),
                return_exceptions=True,
            )
            assert await house.at[0].find(digest) is None
            with pytest.raises(SignedOutMeanwhile):
                await house.at[0].begin(session, digest, instead_of=None, at_most=100, traceparent=TRACE)

    story(database, told)


def test_an_issuer_ends_only_its_own_and_only_whom_it_names(database: Fresh) -> None:
    async def told(house: House) -> None:
        carl, cleo = await house.actor("carl"), await house.actor("cleo")
        _, hers = await house.begin(cleo, sid="same")
        his, digest = await house.begin(carl, sid="same")
        _, elsewhere = await house.begin(carl, sid="same", issuer="https://other.test")
        until = now() + timedelta(hours=8)
        token = secrets.token_bytes(32)

        gone = await house.at[1].end_of_issuer(
            ISSUER, sid="same", subject="carl", told=token, until=until, traceparent=TRACE
        )
        again = await house.at[0].end_of_issuer(
            ISSUER, sid=None, subject="cleo", told=token, until=until, traceparent=TRACE
        )

        assert (gone, again) == (1, None)
        assert house.ended() == [(str(his.id), "issuer_signed_out")]
        assert await house.at[0].find(digest) is None
        (fact,) = house.facts("session.ended.v1")
        assert (fact["actor"], fact["department"]) == (str(GATEWAY.id), "city.permits")
        assert await house.at[0].find(hers) is not None
        assert await house.at[0].find(elsewhere) is not None

    story(database, told)


def test_a_step_up_changes_the_number_and_of_two_one_wins(database: Fresh) -> None:
    async def told(house: House) -> None:
        session, digest = await house.begin(await house.actor())
        raised = replace(session, version=2, identity=replace(CARL, assurance="aal2", authenticated_at=1_700_000_000))
        numbers = [secrets.token_bytes(32) for _ in range(2)]

        won = await asyncio.gather(
            *(house.at[n].step_up(raised, numbers[n], before=digest, traceparent=TRACE) for n in range(2))
        )

        assert sorted(won) == [False, True]
        assert await house.at[0].find(digest) is None
        kept = await house.at[0].find(numbers[won.index(True)])
        assert kept is not None
        assert (kept.id, kept.identity.assurance, kept.identity.authenticated_at) == (session.id, "aal2", 1_700_000_000)
        (fact,) = house.facts("session.stepped_up.v1")
        assert (fact["subjectversion"], fact["data"]["assurance"]) == (2, "aal2")

    story(database, told)


def test_one_replica_alone_renews(database: Fresh) -> None:
    async def told(house: House) -> None:
        moment = now()
        session, digest = await house.begin(await house.actor(), renew_at=moment - timedelta(seconds=1))
        claims = await asyncio.gather(
            *(house.at[n % 4].claim_renewal(session.id, moment, moment + timedelta(seconds=10)) for n in range(12))
        )
        assert sorted(claims) == [False] * 11 + [True]

        later = moment + timedelta(minutes=10)
        assert await house.at[0].renewed(replace(session, refresh=b"next", renew_at=later))
        kept = await house.at[1].find(digest)
        assert kept is not None
        assert (kept.refresh, kept.renew_at) == (b"next", later)
        assert not await house.at[1].claim_renewal(session.id, moment, moment)

        await house.at[0].end(session.id, "signed_out", traceparent=TRACE)
        assert not await house.at[1].renewed(session)

    story(database, told, replicas=4)


def test_what_is_old_idle_or_long_spent_is_swept_and_told(database: Fresh) -> None:
    async def told(house: House) -> None:
        actor, moment = await house.actor(), now()
        old, _ = await house.begin(actor, ends_at=moment - timedelta(seconds=1))
        idle, _ = await house.begin(actor, seen_at=moment - timedelta(minutes=31))
        _, fresh = await house.begin(actor)
        assert await house.at[0].spend(b"s" * 32, moment - timedelta(seconds=1))

        swept = await asyncio.gather(*(one.sweep(moment, moment - timedelta(minutes=30)) for one in house.at))

        assert sum(swept) == 2
        assert set(house.ended()) == {(str(old.id), "too_old"), (str(idle.id), "idle")}
        assert await house.at[0].find(fresh) is not None
        assert await house.at[0].spend(b"s" * 32, moment + timedelta(minutes=1))

    story(database, told)


def test_every_replica_is_woken_when_a_session_ends(database: Fresh) -> None:
    async def told(house: House) -> None:
        session, _ = await house.begin(await house.actor())
        listening = await psycopg.AsyncConnection.connect(plain(house.fresh.url), autocommit=True)
        async with listening:
            await listening.execute("LISTEN gateway_standing")
            await house.at[0].end(session.id, "signed_out", traceparent=TRACE)
            async for heard in listening.notifies(timeout=1, stop_after=1):
                assert heard.payload == str(session.actor)
                break
            else:
                pytest.fail("nobody was woken")

    story(database, told)


def test_a_failed_sign_in_is_told_without_saying_whose(database: Fresh) -> None:
    async def told(house: House) -> None:
        await house.at[0].tell_failed("token_nonce", ISSUER, traceparent=TRACE)
        (fact,) = house.facts("sign_in.failed.v1")
        assert fact["data"]["reason"] == "token_nonce"
        assert len(fact["data"]["issuer_digest"]) == 64
        assert ISSUER not in json.dumps(fact)

    story(database, told, replicas=1)


def test_nothing_of_a_session_in_the_record_leads_to_its_number_or_token(database: Fresh) -> None:
    async def told(house: House) -> None:
        session, digest = await house.begin(await house.actor())
        await house.at[0].end(session.id, "signed_out", traceparent=TRACE)
        with psycopg.connect(plain(house.fresh.url)) as connection:
            said = " ".join(row[0] for row in connection.execute("SELECT body FROM outbox"))
        assert digest.hex() not in said
        assert str(session.sid) not in said
        assert "sealed" not in said

    story(database, told, replicas=1)


def test_without_the_store_nobody_is_found(database: Fresh) -> None:
    async def told(house: House) -> None:
        _, digest = await house.begin(await house.actor())
        shut(house.fresh)
        with pytest.raises(Unavailable):
            await house.at[0].find(digest)

    story(database, told, replicas=1)


def test_however_many_wait_for_a_slow_store_each_is_told_soon(database: Fresh) -> None:
    async def told(house: House) -> None:
        slow = Store(house.fresh.url, statement_timeout_ms=60_000, seconds=0.5, name="test")
        sessions = SqlSessions(slow)
        assert await sessions.find(b"x" * 32) is None
        async with await psycopg.AsyncConnection.connect(plain(house.fresh.url_as("postgres"))) as holding:
            await holding.execute("LOCK TABLE session IN ACCESS EXCLUSIVE MODE")
            begun = time.monotonic()
            found = await asyncio.gather(*(sessions.find(bytes([n]) * 32) for n in range(60)), return_exceptions=True)
            seconds = time.monotonic() - begun
        assert all(isinstance(one, Unavailable) for one in found)
        assert seconds < 3.0
        assert await sessions.find(b"x" * 32) is None
        await slow.close()

    story(database, told, replicas=1)


def begun(house_of: FreshDatabase, actor: UUID, **changes: Any) -> Session:
    found: list[Session] = []

    async def run() -> None:
        house = House(house_of, replicas=1)
        session, _ = await house.begin(actor, **changes)
        found.append(session)
        await house.stores[0].close()

    asyncio.run(run())
    return found[0]


def test_people_see_and_end_their_own_and_nobody_elses(database: Fresh) -> None:
    fresh = database("gateway")
    directory = Directory(fresh.url)
    carl, otto = directory.provision("carl"), directory.provision("otto")
    mine, second, his = begun(fresh, carl.id), begun(fresh, carl.id), begun(fresh, otto.id)
    me = acting_as(carl, "agent", session=mine.id)

    seen = directory.ask(me, ListMySessions()).items

    assert [one.id for one in seen] == [second.id, mine.id]
    assert [one.id for one in seen if one.current] == [mine.id]
    assert directory.ask(me, EndMySession(session_id=second.id)).ended == 1
    for other in (his.id, second.id, new_id()):
        with pytest.raises(NotFound):
            directory.ask(me, EndMySession(session_id=other))
    assert len(directory.ask(acting_as(otto, "agent"), ListMySessions()).items) == 1
    (ended,) = directory.told("session.ended.v1")
    assert (ended.subject, ended.data["reason"]) == (str(second.id), "ended_by_holder")


def test_those_who_guard_access_end_what_somebody_has_within_their_department(database: Fresh) -> None:
    fresh = database("gateway")
    directory = Directory(fresh.url)
    carl = directory.provision("carl")
    for _ in range(3):
        begun(fresh, carl.id)
    elsewhere = staff("administrator", department="city.parking")

    assert directory.ask(elsewhere, ListSessions(actor_id=carl.id)).items == ()
    assert directory.ask(elsewhere, EndSessions(actor_id=carl.id)).ended == 0
    assert len(directory.ask(directory.security_officer, ListSessions(actor_id=carl.id)).items) == 3
    assert directory.ask(directory.security_officer, EndSessions(actor_id=carl.id)).ended == 3
    assert [fact.data["reason"] for fact in directory.told("session.ended.v1")] == ["ended_by_officer"] * 3


def test_ending_others_sessions_needs_a_fresh_second_factor_and_seeing_them_does_not(database: Fresh) -> None:
    fresh = database("gateway")
    directory = Directory(fresh.url)
    carl = directory.provision("carl")
    begun(fresh, carl.id)
    weak = staff("security_officer", department="city", assurance="aal1")

    assert len(directory.ask(weak, ListSessions(actor_id=carl.id)).items) == 1
    with pytest.raises(Exception) as refused:  # noqa: PT011 - what it says is looked at
        directory.ask(weak, EndSessions(actor_id=carl.id))
    assert refused.value.details["step_up"] == {"level": "aal2", "max_age": 900}  # type: ignore[attr-defined]
    assert len(directory.ask(weak, ListSessions(actor_id=carl.id)).items) == 1


def test_who_leaves_leaves_no_session_behind(database: Fresh) -> None:
    fresh = database("gateway")
    directory = Directory(fresh.url)
    carl = directory.provision("carl")
    begun(fresh, carl.id)
    begun(fresh, carl.id)

    directory.ask(directory.administrator, DeactivateStaff(staff_id=carl.id))

    assert directory.ask(directory.security_officer, ListSessions(actor_id=carl.id)).items == ()
    assert [fact.data["reason"] for fact in directory.told("session.ended.v1")] == ["deactivated"] * 2
