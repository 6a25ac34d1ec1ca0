"""From a request's Authorization header to the actor it is, remembered for at most a minute."""

import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol
from uuid import UUID

import structlog

from services.gateway.edge.headers import Headers
from services.gateway.edge.problem import Problem
from services.gateway.identity.claims import Identity
from services.gateway.identity.own_tokens import told_by
from services.gateway.identity.standing import Standing, StandingEnded, Standings, actor_of, on_behalf
from services.gateway.identity.tokens import TokenInvalid, Verifier
from services.gateway.settings import Issuer
from shared.contracts.actor import Actor, Kind

log = structlog.get_logger()
REMEMBERED_SECONDS: Final = 60.0
MOST_REMEMBERED: Final = 20_000
_BEARER: Final = re.compile(r"bearer +([^\s,]+)", re.IGNORECASE)


class Directory(Protocol):
    """Knows everybody by an internal id."""

    async def id_of(
        self, issuer: str, subject: str, identity: Identity, *, traceparent: str, enrol: bool
    ) -> UUID | None:
        """The internal id of this subject of this issuer; where they have none, given at once if they may be enrolled."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, who vouches for them, and whether they came with a browser session."""

    actor: Actor
    issuer: Issuer
    by_session: bool = False


@dataclass(slots=True)
class _Known:
    """A token that was verified, and whom it meant when the standing was last another."""

    until: float
    actor_id: UUID
    issuer: Issuer
    identity: Identity
    standing: Standing
    caller: Caller


class Callers:
    """Establishes who calls. One answer for everything that is wrong with a token, or with whom it speaks of."""

    def __init__(self, verifier: Verifier, directory: Directory, standings: Standings) -> None:
        self._verifier, self._directory, self._standings = verifier, directory, standings
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    async def identify(self, headers: Headers, *, traceparent: str, acts: bool = True) -> Caller:
        """Who calls; raises an unauthenticated problem where the token is missing, not accepted, or of nobody any more."""
        del acts  # a token ends when it ends, used or not
        token = _bearer(headers)
        digest = sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is None or time.time() >= known.until:
            return await self._meet(token, digest, traceparent)
        standing = await self._stands(known.actor_id, known.identity)
        if standing is not known.standing:
            known.caller = Caller(_actor(known.actor_id, known.identity, known.issuer, standing), known.issuer)
            known.standing = standing
        return known.caller

    async def _meet(self, token: str, digest: bytes, traceparent: str) -> Caller:
        try:
            verified = await self._verifier.verify(token)
            subject, identity = told_by(verified)
        except TokenInvalid as error:
            log.info("token.refused", reason=error.reason, trace=traceparent[3:35])
            raise unauthenticated(invalid=True) from None
        actor_id = await self.enrol(verified.issuer, subject, identity, traceparent=traceparent)
        standing = await self._stands(actor_id, identity)
        caller = Caller(_actor(actor_id, identity, verified.issuer, standing), verified.issuer)
        until = min(verified.expires_at, time.time() + REMEMBERED_SECONDS)
        self._known[digest] = _Known(until, actor_id, verified.issuer, identity, standing, caller)
        self._known.move_to_end(digest)
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return caller

    async def _stands(self, actor_id: UUID, identity: Identity) -> Standing:
        standing = await self._standings.of(actor_id)
        if identity.on_behalf_of is None:
            return standing
        # made anew each time, so that neither the system's end nor the user's is ever missed
        return on_behalf(standing, await self._standings.of(identity.on_behalf_of), identity.stands)

    async def enrol(self, issuer: Issuer, subject: str, identity: Identity, *, traceparent: str) -> UUID:
        """The internal id of whom an issuer speaks of, given at first sight; raises where they must be provisioned first."""
        may = identity.kind is not Kind.STAFF or issuer.directory == "optional"
        found = await self._directory.id_of(issuer.issuer, subject, identity, traceparent=traceparent, enrol=may)
        if found is None:
            log.info("actor.refused", reason="not_provisioned", trace=traceparent[3:35])
            raise unauthenticated(invalid=True)
        return found

    async def stand(self, actor_id: UUID, issuer: Issuer, identity: Identity) -> Actor:
        """The actor that somebody is now; raises an unauthenticated problem where they are nobody any more."""
        return _actor(actor_id, identity, issuer, await self._standings.of(actor_id))


def _actor(actor_id: UUID, identity: Identity, issuer: Issuer, standing: Standing) -> Actor:
    try:
        return actor_of(actor_id, identity, issuer, standing)
    except StandingEnded as ended:
        log.info("actor.refused", reason=ended.reason, actor=str(actor_id))
        raise unauthenticated(invalid=True) from None


def unauthenticated(*, invalid: bool) -> Problem:
    """The one answer to a missing, forged, expired or foreign token."""
    challenge = b'Bearer realm="tellus", error="invalid_token"' if invalid else b'Bearer realm="tellus"'
    return Problem("unauthenticated", headers=((b"www-authenticate", challenge),))


def _bearer(headers: Headers) -> str:
    if headers.repeated(b"authorization"):
        raise unauthenticated(invalid=True)
    try:
        value = headers.one(b"authorization")
    except Problem:
        raise unauthenticated(invalid=True) from None
    if value is None:
        raise unauthenticated(invalid=False)
    found = _BEARER.fullmatch(value)
    if found is None:
        raise unauthenticated(invalid=True)
    return found[1]
