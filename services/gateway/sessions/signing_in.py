"""A sign-in with a browser: sent to the issuer with a question that only it can answer, and its answer taken once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from services.gateway.edge.problem import Problem
from services.gateway.identity.tokens import TokenInvalid
from services.gateway.sessions import pending
from services.gateway.sessions.believing import Believed, believe
from services.gateway.sessions.browsers import Browsers, digest_of
from services.gateway.sessions.pending import Pending
from services.gateway.sessions.relying_party import IssuerRefused, Tokens
from services.gateway.sessions.session import ID_BYTES, Session, SignedOutMeanwhile
from services.gateway.settings import Issuer
from shared.clock import now
from shared.ids import new_id

LONGEST_CODE: Final = 2_048
LONGEST_STATE: Final = 100


class SignInRefused(Exception):
    """A sign-in came to nothing. `reason` is a code for the record; `known` where we did send this browser away."""

    def __init__(self, reason: str, *, issuer: str | None = None, known: bool = True) -> None:
        self.reason, self.issuer, self.known = reason, issuer, known
        super().__init__(reason)


@dataclass(frozen=True)
class Asked:
    """What whoever begins a sign-in may wish for."""

    issuer: Issuer
    return_to: str
    level: str | None = None
    max_age: int | None = None


@dataclass(frozen=True)
class Left:
    """A browser on its way to its issuer."""

    address: str
    cookie: str


@dataclass(frozen=True)
class Came:
    """A browser that is signed in from now on."""

    cookie: str
    return_to: str
    still_away: str | None
    """What it goes on carrying, where it has other sign-ins under way."""


async def begin_sign_in(browsers: Browsers, asked: Asked, *, carried: str | None, current: Session | None) -> Left:
    """Where to send the browser, and what it carries; raises IssuerUnreachable."""
    stepping_up = current is not None and asked.level is not None and current.issuer == asked.issuer.issuer
    one = pending.begin(asked.issuer.issuer, asked.return_to, current.actor if current and stepping_up else None)
    address = await browsers.party.address(
        asked.issuer,
        state=one.state,
        nonce=one.nonce,
        proof=one.proof,
        level=asked.level,
        max_age=asked.max_age,
    )
    others = pending.carried(browsers.seal, carried)
    return Left(address, pending.cookie_of(browsers.seal, [*others, one]))


async def complete_sign_in(
    browsers: Browsers,
    answer: Mapping[str, str],
    *,
    carried: str | None,
    current: tuple[Session, str] | None,
    browser: str,
    traceparent: str,
) -> Came:
    """The browser has a session, and whatever it held before is worth nothing; raises SignInRefused, or Unavailable."""
    others = pending.carried(browsers.seal, carried)
    one = pending.matching(others, answer.get("state", ""))
    issuer = None if one is None else browsers.issuer(one.issuer)
    if one is None or issuer is None:
        raise SignInRefused("not_begun_here", known=False)
    try:
        code = await _code(browsers, one, issuer, answer)
        tokens = await browsers.party.exchange(issuer, code=code, proof=one.proof)
        believed = await believe(browsers.verifier, tokens, issuer, nonce=one.nonce)
        actor = await browsers.callers.enrol(issuer, believed.subject, believed.identity, traceparent=traceparent)
        await browsers.callers.stand(actor, issuer, believed.identity)
        if one.expected not in (None, actor):
            raise SignInRefused("somebody_else", issuer=issuer.issuer)
        cookie = await _kept(browsers, issuer, actor, believed, tokens, current, browser, one, traceparent)
    except IssuerRefused:
        raise SignInRefused("code_refused", issuer=issuer.issuer) from None
    except TokenInvalid as error:
        raise SignInRefused(f"token_{error.reason}", issuer=issuer.issuer) from None
    except SignedOutMeanwhile:
        raise SignInRefused("signed_out_meanwhile", issuer=issuer.issuer) from None
    except Problem:
        raise SignInRefused("person_refused", issuer=issuer.issuer) from None
    left = [other for other in others if other is not one]
    return Came(cookie, one.return_to, pending.cookie_of(browsers.seal, left) if left else None)


async def _code(browsers: Browsers, one: Pending, issuer: Issuer, answer: Mapping[str, str]) -> str:
    until = now() + timedelta(seconds=2 * pending.SECONDS)
    if not await browsers.store.spend(sha256(f"state {one.state}".encode()).digest(), until):
        raise SignInRefused("answered_before", issuer=issuer.issuer)
    named = answer.get("iss")
    if named != issuer.issuer and (named is not None or await browsers.party.names_itself(issuer)):
        raise SignInRefused("issuer_mixed_up", issuer=issuer.issuer)
    if "error" in answer:
        raise SignInRefused("issuer_said_no", issuer=issuer.issuer)
    code = answer.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise SignInRefused("code_missing", issuer=issuer.issuer)
    return code


async def _kept(
    browsers: Browsers,
    issuer: Issuer,
    actor: UUID,
    believed: Believed,
    tokens: Tokens,
    current: tuple[Session, str] | None,
    browser: str,
    one: Pending,
    traceparent: str,
) -> str:
    settings, cookie, moment = browsers.settings, secrets.token_urlsafe(ID_BYTES), now()
    if current is not None and current[0].actor == actor and one.expected == actor:
        before = current[0]
        refresh, renew_at = browsers.kept(before.id, tokens)
        raised = replace(
            before,
            sid=believed.sid,
            identity=believed.identity,
            version=before.version + 1,
            seen_at=moment,
            refresh=refresh,
            renew_at=renew_at,
        )
        held = digest_of(current[1])
        raised_now = await browsers.store.step_up(raised, digest_of(cookie), before=held, traceparent=traceparent)
        browsers.forget(actor)
        if raised_now:
            return cookie
    id = new_id()
    refresh, renew_at = browsers.kept(id, tokens)
    session = Session(
        id=id,
        actor=actor,
        issuer=issuer.issuer,
        sid=believed.sid,
        identity=believed.identity,
        version=1,
        browser=browser,
        began_at=moment,
        seen_at=moment,
        ends_at=moment + timedelta(seconds=settings.session_seconds),
        refresh=refresh,
        renew_at=renew_at,
    )
    await browsers.store.begin(
        session,
        digest_of(cookie),
        instead_of=None if current is None else current[0].id,
        at_most=settings.sessions_each,
        traceparent=traceparent,
    )
    browsers.forget(actor if current is None or current[0].actor == actor else None)
    return cookie
