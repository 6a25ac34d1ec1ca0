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
from services.gateway.identity.claims import Identity, identity_of
from services.gateway.identity.tokens import TokenInvalid, Verifier
from services.gateway.settings import Issuer
from shared.contracts.actor import Actor

log = structlog.get_logger()
REMEMBERED_SECONDS: Final = 60.0
MOST_REMEMBERED: Final = 20_000
_BEARER: Final = re.compile(r"bearer +([^\s,]+)", re.IGNORECASE)


class Directory(Protocol):
    """Knows everybody by an internal id."""

    async def id_of(self, issuer: str, subject: str, identity: Identity, *, traceparent: str) -> UUID:
        """The internal id of this subject of this issuer, given at first sight."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, who vouches for them, and whether they came with a browser session."""

    actor: Actor
    issuer: Issuer
    by_session: bool = False


class Callers:
    """Establishes who calls. One answer for everything that is wrong with a token."""

    def __init__(self, verifier: Verifier, directory: Directory) -> None:
        self._verifier, self._directory = verifier, directory
        self._known: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()

    async def identify(self, headers: Headers, *, traceparent: str) -> Caller:
        """Who calls; raises an unauthenticated problem where the token is missing or not accepted."""
        token = _bearer(headers)
        digest = sha256(token.encode()).digest()
        until, caller = self._known.get(digest, (0.0, None))
        if caller is not None and time.time() < until:
            return caller
        try:
            verified = await self._verifier.verify(token)
            identity = identity_of(verified)
        except TokenInvalid as error:
            log.info("token.refused", reason=error.reason, trace=traceparent[3:35])
            raise unauthenticated(invalid=True) from None
        actor_id = await self.enrol(verified.issuer, verified.subject, identity, traceparent=traceparent)
        caller = Caller(await self.stand(actor_id, verified.issuer, identity), verified.issuer)
        self._known[digest] = (min(verified.expires_at, time.time() + REMEMBERED_SECONDS), caller)
        self._known.move_to_end(digest)
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return caller

    async def enrol(self, issuer: Issuer, subject: str, identity: Identity, *, traceparent: str) -> UUID:
        """The internal id of whom an issuer speaks of, given at first sight."""
        return await self._directory.id_of(issuer.issuer, subject, identity, traceparent=traceparent)

    async def stand(self, actor_id: UUID, issuer: Issuer, identity: Identity) -> Actor:
        """The actor that somebody is now."""
        del issuer  # which says how much of its word counts
        return Actor(
            id=actor_id,
            kind=identity.kind,
            roles=identity.roles,
            department=identity.department,
            assurance=identity.assurance,
            contact_id=identity.contact_id,
            authenticated_at=identity.authenticated_at,
        )


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
