"""The sessions of browsers: found by what a browser holds, renewed while their issuer agrees, ended when time is up."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import structlog

from services.gateway.edge.problem import Problem
from services.gateway.identity.callers import Callers
from services.gateway.identity.keys import IssuerUnreachable
from services.gateway.identity.tokens import TokenInvalid, Verifier
from services.gateway.sessions.believing import believe_again
from services.gateway.sessions.relying_party import IssuerRefused, RelyingParty, Tokens
from services.gateway.sessions.sealing import Seal, SealBroken
from services.gateway.sessions.session import EndReason, Session, SessionStore
from services.gateway.settings import Issuer, Settings
from shared.clock import now
from shared.errors import ServiceError

log = structlog.get_logger()
EARLY: Final = timedelta(seconds=30)
"""How long before an access token ends we ask for the next."""
ALONE: Final = timedelta(seconds=10)
"""How long one replica alone may ask; also how long nobody asks again after the issuer did not answer."""
PATIENCE: Final = timedelta(seconds=2)
POLL_SECONDS: Final = 0.05
TOUCHED: Final = timedelta(seconds=60)
SWEEP_SECONDS: Final = 30.0
RECENT_SECONDS: Final = 0.5
"""For how long what the store said is believed where nothing else is heard: so late, at most, is an end noticed."""
MOST_RECENT: Final = 10_000


class Browsers:
    """Everybody who is signed in with a browser."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: SessionStore,
        party: RelyingParty,
        verifier: Verifier,
        callers: Callers,
        seal: Seal,
    ) -> None:
        self.settings, self.store, self.party, self.verifier = settings, store, party, verifier
        self.callers, self.seal = callers, seal
        self._idle = timedelta(seconds=settings.session_idle_seconds)
        self._renewing: dict[UUID, asyncio.Task[Session | None]] = {}
        self._recent: OrderedDict[bytes, tuple[float, Session]] = OrderedDict()
        self._forgotten = 0

    def issuer(self, named: str) -> Issuer | None:
        """The issuer of this name, where browsers may sign in there."""
        return next((one for one in self.settings.issuers if one.issuer == named and self.party.serves(one)), None)

    async def of(self, cookie: str, *, traceparent: str, acts: bool = True) -> Session | None:
        """The session that a browser holds, if it still is one; raises Unavailable where that cannot be known.

        Who does not act, but only goes on listening, is not seen by it: their session ends when they are idle.
        """
        digest = digest_of(cookie)
        session = await self._found(digest)
        if session is None:
            return None
        moment = now()
        if session.ends_at <= moment:
            await self.end(session, "too_old", traceparent)
            return None
        if session.seen_at + self._idle <= moment:
            await self.end(session, "idle", traceparent)
            return None
        issuer = self.issuer(session.issuer)
        if issuer is None:
            await self.end(session, "issuer_unknown", traceparent)
            return None
        if session.renew_at is not None and session.renew_at <= moment:
            return await self._renew_once(session, digest, issuer, traceparent)
        if acts and session.seen_at + TOUCHED <= moment:
            self._recent.pop(digest, None)
            await self.store.touch(session, moment)
        return session

    def forget(self, actor: UUID | None) -> None:
        """Ask the store about this actor's sessions again, or about everybody's: one of them may have ended."""
        self._forgotten += 1
        gone = [digest for digest, (_, session) in self._recent.items() if actor in (None, session.actor)]
        for digest in gone:
            del self._recent[digest]

    async def _found(self, digest: bytes) -> Session | None:
        until, session = self._recent.get(digest, (0.0, None))
        if session is not None and time.monotonic() < until:
            return session
        before = self._forgotten
        session = await self.store.find(digest)
        if session is not None and before == self._forgotten:  # or what was just read may have ended meanwhile
            self._recent[digest] = (time.monotonic() + RECENT_SECONDS, session)
            if len(self._recent) > MOST_RECENT:
                self._recent.popitem(last=False)
        return session

    async def end(self, session: Session, reason: EndReason, traceparent: str) -> None:
        """It is no more."""
        await self.store.end(session.id, reason, traceparent=traceparent)
        self.forget(session.actor)

    def kept(self, session_id: UUID, tokens: Tokens) -> tuple[bytes | None, datetime | None]:
        """What of an issuer's tokens is kept, sealed, and when it is needed."""
        if tokens.refresh is None:
            return None, None
        life = max(timedelta(seconds=tokens.seconds), EARLY + TOUCHED / 4)
        return self.seal.seal(tokens.refresh.encode(), _purpose(session_id)), now() + life - EARLY

    async def keep_sweeping(self) -> None:
        """End what is idle or old, for ever."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            moment = now()
            try:
                ended = await self.store.sweep(moment, moment - self._idle)
            except ServiceError as error:
                log.warning("sessions.not_swept", error=error.error_code)
            else:
                if ended:
                    log.info("sessions.swept", count=ended)

    async def _renew_once(self, session: Session, digest: bytes, issuer: Issuer, traceparent: str) -> Session | None:
        under_way = self._renewing.get(session.id)
        if under_way is None:
            under_way = asyncio.get_running_loop().create_task(self._renew(session, digest, issuer, traceparent))
            self._renewing[session.id] = under_way
            under_way.add_done_callback(lambda _: self._renewing.pop(session.id, None))
        return await asyncio.shield(under_way)

    async def _renew(self, session: Session, digest: bytes, issuer: Issuer, traceparent: str) -> Session | None:
        assert session.renew_at is not None
        self.forget(session.actor)
        moment = now()
        if not await self.store.claim_renewal(session.id, moment, moment + ALONE):
            return await self._renewed_elsewhere(session, digest)
        try:
            refresh = self.seal.open(session.refresh or b"", _purpose(session.id)).decode()
            tokens = await self.party.renew(issuer, refresh=refresh)
            believed = await believe_again(self.verifier, tokens, issuer, session.identity)
            actor = await self.callers.enrol(issuer, believed.subject, believed.identity, traceparent=traceparent)
        except IssuerUnreachable:
            return self._unrenewed(session)
        except (IssuerRefused, TokenInvalid, SealBroken, Problem) as error:
            log.info("session.not_renewed", error=type(error).__name__, trace=traceparent[3:35])
            await self.end(session, "issuer_refused", traceparent)
            return None
        if actor != session.actor:
            await self.end(session, "issuer_refused", traceparent)
            return None
        kept, renew_at = self.kept(session.id, tokens)
        if kept is None:  # the same one goes on
            kept, renew_at = session.refresh, moment + max(timedelta(seconds=tokens.seconds) - EARLY, ALONE)
        renewed = replace(session, identity=believed.identity, refresh=kept, renew_at=renew_at)
        there = await self.store.renewed(renewed)
        self.forget(session.actor)
        return renewed if there else None

    async def _renewed_elsewhere(self, session: Session, digest: bytes) -> Session | None:
        """What another replica, or another request, makes of it; soon, or as it was."""
        until = now() + PATIENCE
        while now() < until:
            found = await self.store.find(digest)
            if found is None or found.renew_at != session.renew_at:
                return found
            await asyncio.sleep(POLL_SECONDS)
        return self._unrenewed(session)

    def _unrenewed(self, session: Session) -> Session:
        """The session as it was, for as long as what the issuer said last is good; raises IssuerUnreachable."""
        assert session.renew_at is not None
        if now() < session.renew_at + EARLY:
            return session
        raise IssuerUnreachable("Whether you are still signed in cannot be asked now: try again in a moment.")


def digest_of(cookie: str) -> bytes:
    """What is kept of what a browser holds."""
    return sha256(cookie.encode()).digest()


def _purpose(session_id: UUID) -> str:
    return f"refresh {session_id}"
