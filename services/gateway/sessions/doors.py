"""The four addresses that make and end browser sessions. They are no routes: no policy decides who may try to sign in."""

import time
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

import orjson
import structlog
from prometheus_client import Counter
from starlette.types import Receive, Scope, Send

from services.gateway.edge.body import read_body
from services.gateway.edge.headers import NEVER_STORED, Headers
from services.gateway.edge.problem import RETRY_AFTER_SECONDS, Problem, problem_of
from services.gateway.edge.responding import Answer, send_answer
from services.gateway.edge.same_origin import require_same_origin
from services.gateway.identity.sign_in_tokens import verify_logout_token
from services.gateway.identity.stepping_up import LOGIN
from services.gateway.identity.tokens import TokenInvalid
from services.gateway.sessions import asked, cookies, telling
from services.gateway.sessions.agents import family_of
from services.gateway.sessions.browsers import Browsers
from services.gateway.sessions.relying_party import CALLBACK
from services.gateway.sessions.session import Session
from services.gateway.sessions.signing_in import SignInRefused, begin_sign_in, complete_sign_in
from shared.clock import now
from shared.errors import ServiceError, Unavailable
from shared.observability import metrics, tracing

log = structlog.get_logger()
LOGOUT: Final = "/v1/session/logout"
BACKCHANNEL: Final = "/v1/session/backchannel_logout"
SIGNING_IN: Final = frozenset((LOGIN, CALLBACK))
"""Where somebody tries to get in: with a quota of their own."""
LOOPBACK: Final = frozenset(("127.0.0.1", "localhost", "::1"))
LARGEST_FORM: Final = 16_384
FORM_SECONDS: Final = 5.0
FAILURES_A_MINUTE: Final = 60
"""So many are told as events; more are counted only, so that nobody fills the record from outside."""
outcomes = Counter("tellus_sign_in_total", "Sign-ins of browsers by how they ended", ["outcome"])
Serve = Callable[["Visit"], Awaitable[Answer]]


class Visit:
    """One request at one of these addresses."""

    def __init__(self, scope: Scope, receive: Receive, trace: tracing.Trace) -> None:
        self.query: bytes = scope["query_string"]
        self.headers, self.receive, self.trace = Headers(scope["headers"]), receive, trace

    def cookie(self, name: str) -> str | None:
        """What the browser holds; None where that is not clear."""
        try:
            return cookies.read(self.headers.optional(b"cookie"), name)
        except cookies.CookieAmbiguous:
            return None


class Door:
    """Serves one method of one address, however it fails."""

    def __init__(self, name: str, method: str, serve: Serve, *, for_people: bool, home: str) -> None:
        self._name, self._method, self._serve = name, method, serve
        self._for_people, self._home = for_people, home

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, one answer, one line in the log."""
        started = time.perf_counter()
        trace = tracing.begin(self._name, kind="server")
        try:
            answer = await self._answer(scope, receive, trace)
        except asked.AddressUnusable as error:
            answer = telling.unanswerable(str(error), trace.id)
        except ServiceError as error:
            answer = self._told(problem_of(error), trace.id)
        except Problem as problem:
            answer = self._told(problem, trace.id)
        except Exception as error:  # the last resort: nothing of ours is ever shown
            log.exception("request.failed", operation=self._name, error=type(error).__name__, trace=trace.id)
            answer = telling.failed(trace.id) if self._for_people else Answer.of_problem(Problem("failed"), trace.id)
        await send_answer(send, answer, trace.id, head=scope["method"] == "HEAD")
        seconds = time.perf_counter() - started
        trace.end(answer.code)
        metrics.requests.labels(self._name, answer.status).inc()
        metrics.request_seconds.labels(self._name).observe(seconds)
        log.info(
            "request",
            operation=self._name,
            status=answer.status,
            outcome=answer.code,
            trace=trace.id,
            milliseconds=round(seconds * 1000, 1),
        )

    async def _answer(self, scope: Scope, receive: Receive, trace: tracing.Trace) -> Answer:
        if scope["method"] != self._method:
            raise Problem("method_not_allowed", headers=((b"allow", self._method.encode()),))
        return await self._serve(Visit(scope, receive, trace))

    def _told(self, problem: Problem, trace: str) -> Answer:
        if self._for_people and problem.slug == "unavailable":
            return telling.away(trace, return_to=self._home, seconds=RETRY_AFTER_SECONDS)
        return Answer.of_problem(problem, trace)


class Doors:
    """What happens behind each."""

    def __init__(self, browsers: Browsers) -> None:
        self._browsers, self._settings = browsers, browsers.settings
        self._minute, self._told_in_it = 0, 0

    def all(self) -> Mapping[str, Door]:
        """Each by its address."""
        home = self._settings.home
        return {
            LOGIN: Door("begin_sign_in", "GET", self.login, for_people=True, home=home),
            CALLBACK: Door("complete_sign_in", "GET", self.callback, for_people=True, home=home),
            LOGOUT: Door("sign_out", "POST", self.logout, for_people=False, home=home),
            BACKCHANNEL: Door("hear_logout", "POST", self.backchannel, for_people=False, home=home),
        }

    async def login(self, visit: Visit) -> Answer:
        """The browser leaves for its issuer."""
        wishes = asked.wishes(visit.query, self._settings)
        if (elsewhere := self._own_name(visit)) is not None:
            return _led(elsewhere)
        current = await self._current(visit)
        carried = visit.cookie(cookies.SIGN_IN)
        left = await begin_sign_in(
            self._browsers, wishes, carried=carried, current=None if current is None else current[0]
        )
        return _led(left.address, cookies.given(cookies.SIGN_IN, left.cookie, seconds=cookies.SIGN_IN_SECONDS))

    async def callback(self, visit: Visit) -> Answer:
        """The browser comes back with its issuer's answer."""
        current = await self._current(visit)
        try:
            came = await complete_sign_in(
                self._browsers,
                asked.answer(visit.query),
                carried=visit.cookie(cookies.SIGN_IN),
                current=current,
                browser=family_of(visit.headers.optional(b"user-agent")),
                traceparent=visit.trace.traceparent,
            )
        except SignInRefused as refused:
            outcomes.labels(refused.reason if refused.known else "not_begun_here").inc()
            if refused.known and self._may_tell():
                traceparent = visit.trace.traceparent
                await self._browsers.store.tell_failed(refused.reason, refused.issuer, traceparent=traceparent)
            return telling.refused(refused.reason, visit.trace.id, return_to=self._settings.home)
        outcomes.labels("signed_in").inc()
        still = came.still_away
        carried = (
            cookies.taken_back(cookies.SIGN_IN)
            if still is None
            else cookies.given(cookies.SIGN_IN, still, seconds=cookies.SIGN_IN_SECONDS)
        )
        return _led(came.return_to, cookies.given(cookies.SESSION, came.cookie), carried)

    async def logout(self, visit: Visit) -> Answer:
        """The browser's session is no more; the answer says where to end the issuer's as well."""
        require_same_origin(visit.headers, "POST", self._settings.origin)
        current = await self._current(visit)
        leaving = None
        if current is not None:
            session = current[0]
            await self._browsers.end(session, "signed_out", visit.trace.traceparent)
            issuer = self._browsers.issuer(session.issuer)
            try:
                leaving = None if issuer is None else await self._browsers.party.leaving(issuer)
            except Unavailable:
                leaving = None
        told = orjson.dumps({"signed_out": True, "end_session_url": leaving})
        forgotten = (cookies.taken_back(cookies.SESSION), cookies.taken_back(cookies.SIGN_IN))
        return Answer(200, told, headers=(NEVER_STORED, *forgotten))

    async def backchannel(self, visit: Visit) -> Answer:
        """An issuer says who is gone (OpenID Connect Back-Channel Logout)."""
        if visit.headers.one(b"content-type") not in _FORMS:
            raise Problem("unsupported_media_type", "A logout token comes as a form.")
        raw = await read_body(visit.receive, visit.headers, most_bytes=LARGEST_FORM, seconds=FORM_SECONDS)
        try:
            token = asked.words(raw).get("logout_token", "")
            gone = await verify_logout_token(self._browsers.verifier, token)
        except (asked.AddressUnusable, TokenInvalid) as error:
            log.info("logout.refused", reason=getattr(error, "reason", "form"), trace=visit.trace.id)
            return _not_heard()
        until = max(gone.until, int(now().timestamp()) + self._settings.session_seconds)
        ended = await self._browsers.store.end_of_issuer(
            gone.issuer.issuer,
            sid=gone.sid,
            subject=gone.subject,
            told=sha256(f"logout {gone.issuer.issuer} {gone.jti}".encode()).digest(),
            until=now().fromtimestamp(until, tz=now().tzinfo),
            traceparent=visit.trace.traceparent,
        )
        self._browsers.forget(None)
        return _not_heard() if ended is None else Answer(200, b"", headers=(NEVER_STORED,))

    def _own_name(self, visit: Visit) -> str | None:
        """The same address by the name that cookies and issuers know, for whoever came to loopback by another one."""
        ours = urlsplit(self._settings.origin).hostname
        came = (visit.headers.optional(b"host") or "").lower().rpartition(":")
        names = {ours, (came[0] or came[2]).strip("[]")}
        if len(names) == 2 and names <= LOOPBACK:  # noqa: PLR2004 - theirs and ours
            return f"{self._settings.origin}{LOGIN}?{visit.query.decode('ascii')}"
        return None

    async def _current(self, visit: Visit) -> tuple[Session, str] | None:
        held = visit.cookie(cookies.SESSION)
        session = None if held is None else await self._browsers.of(held, traceparent=visit.trace.traceparent)
        return None if session is None or held is None else (session, held)

    def _may_tell(self) -> bool:
        minute = int(now().timestamp()) // 60
        if minute != self._minute:
            self._minute, self._told_in_it = minute, 0
        self._told_in_it += 1
        return self._told_in_it <= FAILURES_A_MINUTE


_FORMS: Final = ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8")


def _led(address: str, *cookie: tuple[bytes, bytes]) -> Answer:
    return Answer(303, b"", headers=((b"location", address.encode()), NEVER_STORED, *cookie))


def _not_heard() -> Answer:
    return Answer(400, b'{"error":"invalid_request"}', code="invalid_request", headers=(NEVER_STORED,))
