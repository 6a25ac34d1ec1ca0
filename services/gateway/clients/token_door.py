"""`POST /v1/oauth/token`: tokens for systems, for themselves (RFC 6749, 4.4) or on behalf of a user (RFC 8693).

Answers as RFC 6749, 5.1 and 5.2 have it, which is what every OAuth library expects; it is no route, because no policy
decides who may try to prove themselves.
"""

import time
from typing import Final, Protocol
from urllib.parse import parse_qsl

import orjson
import structlog
from prometheus_client import Counter
from starlette.types import Receive, Scope, Send

from services.gateway.clients.assertions import AssertionRefused, Assertions
from services.gateway.clients.known import Known
from services.gateway.edge.body import read_body
from services.gateway.edge.headers import NEVER_STORED, Headers
from services.gateway.edge.problem import Problem, problem_of
from services.gateway.edge.responding import Answer, send_answer
from services.gateway.identity.callers import Callers
from services.gateway.identity.own_tokens import LIFETIME_SECONDS, OwnTokens
from services.gateway.identity.standing import Standings
from shared.clock import now
from shared.contracts.actor import Actor, Kind
from shared.contracts.base import Event
from shared.contracts.gateway.events import ClientRefused
from shared.errors import ServiceError
from shared.observability import metrics, tracing

log = structlog.get_logger()
TOKEN: Final = "/v1/oauth/token"  # noqa: S105 - an address
JWT_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type
FORM: Final = "application/x-www-form-urlencoded"
LARGEST_FORM, MOST_FIELDS, FORM_SECONDS = 16_384, 12, 5.0
REFUSALS_A_MINUTE: Final = 60
"""So many are told as events; more are counted only, so that nobody fills the record from outside."""
given = Counter("tellus_client_tokens_total", "Requests for tokens by how they ended", ["outcome"])


class Record(Protocol):
    """Keeps who could not prove themselves."""

    async def record(self, event: Event, *, actor: Actor, traceparent: str) -> None:
        """The event is committed, or this raises."""


class Refused(Exception):
    """No token. `code` is one of RFC 6749's, `detail` for whoever wrote the client."""

    def __init__(self, code: str, detail: str, status: int = 400) -> None:
        self.code, self.detail, self.status = code, detail, status
        super().__init__(code)


class TokenDoor:
    """Gives tokens to systems that prove themselves."""

    def __init__(
        self, assertions: Assertions, tokens: OwnTokens, callers: Callers, standings: Standings, record: Record
    ) -> None:
        self._assertions, self._tokens, self._callers = assertions, tokens, callers
        self._standings, self._record = standings, record
        self._minute, self._told_in_it = 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, one answer, one line in the log."""
        started = time.perf_counter()
        trace = tracing.begin("issue_token", kind="server")
        client: Known | None = None
        try:
            form = await _form(scope, receive)
            client = await self._prove(form, trace)
            answer = await self._give(client, form, trace)
        except Refused as refused:
            answer = _told(refused)
        except ServiceError as error:
            answer = Answer.of_problem(problem_of(error), trace.id)
        except Problem as problem:
            answer = Answer.of_problem(problem, trace.id)
        except Exception as error:  # the last resort: nothing of ours is ever shown
            log.exception("request.failed", operation="issue_token", error=type(error).__name__, trace=trace.id)
            answer = Answer.of_problem(Problem("failed"), trace.id)
        await send_answer(send, answer, trace.id, head=scope["method"] == "HEAD")
        seconds = time.perf_counter() - started
        trace.end(answer.code)
        given.labels(answer.code).inc()
        metrics.requests.labels("issue_token", answer.status).inc()
        metrics.request_seconds.labels("issue_token").observe(seconds)
        log.info(
            "request",
            operation="issue_token",
            status=answer.status,
            outcome=answer.code,
            actor=str(client.id) if client else None,
            trace=trace.id,
            milliseconds=round(seconds * 1000, 1),
        )

    async def _prove(self, form: dict[str, str], trace: tracing.Trace) -> Known:
        if form.get("client_assertion_type") != JWT_BEARER or "client_assertion" not in form:
            raise Refused("invalid_client", "Prove yourself with a client_assertion (RFC 7523).", 401)
        try:
            return await self._assertions.prove(form["client_assertion"])
        except AssertionRefused as error:
            log.info("client.refused", reason=error.reason, trace=trace.id)
            await self._tell(error, trace)
            raise Refused("invalid_client", "The client_assertion was not accepted.", 401) from None

    async def _give(self, client: Known, form: dict[str, str], trace: tracing.Trace) -> Answer:
        grant = form.get("grant_type")
        wanted = tuple(form["scope"].split()) if form.get("scope") else client.scopes
        if not set(wanted) <= set(client.scopes):
            raise Refused("invalid_scope", f"You are registered for {' '.join(client.scopes)}.")
        issued: dict[str, str | int] = {
            "token_type": "Bearer",
            "expires_in": LIFETIME_SECONDS,
            "scope": " ".join(wanted),
        }
        if grant == "client_credentials":
            issued["access_token"] = self._tokens.issue(client.id, wanted)
        elif grant == EXCHANGE:
            user = await self._user(form, trace)
            stands = await self._standings.of(user.id)
            issued["access_token"] = self._tokens.issue(client.id, wanted, user=user, stands=stands)
            issued["issued_token_type"] = ACCESS_TOKEN
        else:
            raise Refused("unsupported_grant_type", f"Send grant_type client_credentials or {EXCHANGE}.")
        return Answer(200, orjson.dumps(issued), headers=(NEVER_STORED,))

    async def _user(self, form: dict[str, str], trace: tracing.Trace) -> Actor:
        if form.get("subject_token_type") != ACCESS_TOKEN or not form.get("subject_token"):
            raise Refused("invalid_request", f"Send the user's token as subject_token, of type {ACCESS_TOKEN}.")
        bearer = f"Bearer {form['subject_token']}"
        if not bearer.isascii():
            raise Refused("invalid_grant", "The subject_token was not accepted.")
        try:
            caller = await self._callers.identify(
                Headers([(b"authorization", bearer.encode())]), traceparent=trace.traceparent
            )
        except Problem:
            raise Refused("invalid_grant", "The subject_token was not accepted.") from None
        if caller.actor.kind is Kind.SYSTEM or caller.actor.on_behalf_of is not None:
            raise Refused("invalid_grant", "The subject_token must be a person's own.")
        return caller.actor

    async def _tell(self, error: AssertionRefused, trace: tracing.Trace) -> None:
        minute = int(now().timestamp() // 60)
        if minute != self._minute:
            self._minute, self._told_in_it = minute, 0
        if error.client_id is None or self._told_in_it >= REFUSALS_A_MINUTE:
            return
        self._told_in_it += 1
        event = ClientRefused(subject=error.client_id, subject_version=0, reason=error.reason)
        claimed = Actor(id=error.client_id, kind=Kind.SYSTEM, department="public")
        await self._record.record(event, actor=claimed, traceparent=trace.traceparent)


async def _form(scope: Scope, receive: Receive) -> dict[str, str]:
    if scope["method"] != "POST":
        raise Problem("method_not_allowed", headers=((b"allow", b"POST"),))
    headers = Headers(scope["headers"])
    if (headers.one(b"content-type") or "").partition(";")[0].strip().lower() != FORM:
        raise Problem("unsupported_media_type", f"Send {FORM}.")
    raw = await read_body(receive, headers, most_bytes=LARGEST_FORM, seconds=FORM_SECONDS)
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise Refused("invalid_request", "The form cannot be read.") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Refused("invalid_request", "A field stands there more than once.")
    return fields


def _told(refused: Refused) -> Answer:
    body = orjson.dumps({"error": refused.code, "error_description": refused.detail})
    return Answer(refused.status, body, code=refused.code, headers=(NEVER_STORED,))
