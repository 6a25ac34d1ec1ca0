"""What a browser carries while it is away to sign in: sealed, short-lived, and a few of them, for people with many tabs."""

import base64
import binascii
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

import orjson

from services.gateway.sessions.sealing import Seal, SealBroken
from shared.clock import now

MOST: Final = 3
PURPOSE: Final = "sign-in"
SECONDS: Final = 600
LONGEST: Final = 3_800


@dataclass(frozen=True)
class Pending:
    """One sign-in under way."""

    state: str
    nonce: str
    proof: str
    """The PKCE verifier."""
    issuer: str
    return_to: str
    began: int
    actor: str | None = None
    """Who must come back, where somebody already signed in was asked for more."""

    @property
    def in_time(self) -> bool:
        """Whether it may still be answered."""
        return 0 <= now().timestamp() - self.began <= SECONDS

    @property
    def expected(self) -> UUID | None:
        """The actor who must come back."""
        return None if self.actor is None else UUID(self.actor)


def begin(issuer: str, return_to: str, actor: UUID | None) -> Pending:
    """A new one, with fresh secrets."""
    return Pending(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        proof=secrets.token_urlsafe(48),
        issuer=issuer,
        return_to=return_to,
        began=int(now().timestamp()),
        actor=str(actor) if actor else None,
    )


def carried(seal: Seal, cookie: str | None) -> tuple[Pending, ...]:
    """Those that a browser carries and that may still be answered; none from a cookie that we did not seal."""
    if cookie is None:
        return ()
    try:
        raw = seal.open(base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)), PURPOSE)
    except (SealBroken, binascii.Error, ValueError):
        return ()
    return tuple(one for one in (Pending(**given) for given in orjson.loads(raw)) if one.in_time)


def cookie_of(seal: Seal, pending: Sequence[Pending]) -> str:
    """The newest of them, as many as a cookie holds, for the browser to carry."""
    kept = list(pending[-MOST:])
    while True:
        raw = seal.seal(orjson.dumps([asdict(one) for one in kept]), PURPOSE)
        cookie = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        if len(cookie) <= LONGEST or len(kept) <= 1:
            return cookie
        del kept[0]


def matching(pending: Sequence[Pending], state: str) -> Pending | None:
    """The one that this answer is for."""
    return next((one for one in pending if hmac.compare_digest(one.state.encode(), state.encode())), None)
