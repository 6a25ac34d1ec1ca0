"""A gateway without its surroundings: an issuer, owners and stores in memory, and a caller that speaks ASGI."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import orjson
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey
from pydantic import SecretStr

from services.gateway.app import create_app
from services.gateway.clients.assertions import Assertions
from services.gateway.clients.known import KnownClients
from services.gateway.clients.token_door import TOKEN, TokenDoor
from services.gateway.edge.responding import Answer
from services.gateway.endpoint import Speaker, Tools, Visit
from services.gateway.identity.acting import Acting, Authorities
from services.gateway.identity.callers import Callers
from services.gateway.identity.claims import Identity
from services.gateway.identity.keys import KeyRing
from services.gateway.identity.own_tokens import ISSUER as OWN_ISSUER
from services.gateway.identity.own_tokens import OwnTokens
from services.gateway.identity.standing import Standing, Watcher
from services.gateway.identity.tokens import Verifier
from services.gateway.minting import Mint
from services.gateway.quotas import AllQuotas
from services.gateway.route import Route
from services.gateway.routes import ROUTES, scim
from services.gateway.settings import Issuer, Settings
from shared.authz.token import Signer
from shared.contracts.actor import Actor
from shared.contracts.base import Event, Request
from shared.errors import Unavailable

ISSUER = "https://issuer.test"
KID = "2026-11"
_KEY = ECKey.generate_key("P-256", {"kid": KID, "use": "sig", "alg": "ES256"}, private=True)
_SIGNING_KEY = json.dumps(
    OKPKey.generate_key("Ed25519", {"kid": "gateway", "use": "sig", "alg": "Ed25519"}, private=True).as_dict(
        private=True
    )
)
_NOBODY = UUID("5d7d3bd0-2a5c-5c2e-9a54-8b7f3c1d2e3f")


@dataclass
class MemoryIssuer:
    """Signs whatever a test wants signed, and counts how often its keys are fetched."""

    key: ECKey = field(default_factory=lambda: _KEY)
    fetched: int = 0
    away: bool = False
    document: bytes | None = None

    async def keys(self) -> bytes:
        """The JWKS."""
        self.fetched += 1
        if self.away:
            raise ConnectionError
        return self.document or orjson.dumps({"keys": [self.key.as_dict(private=False)]})

    def claims(self, *roles: str, **changes: Any) -> dict[str, Any]:
        """What a good token of somebody with these roles claims."""
        now = int(time.time())
        good = {
            "iss": ISSUER,
            "aud": "tellus",
            "sub": f"somebody-{'-'.join(roles)}",
            "iat": now,
            "exp": now + 600,
            "jti": uuid4().hex,
            "roles": list(roles),
            "department": "city.permits",
            "acr": "aal2",
            "auth_time": now,
        }
        return {name: value for name, value in (good | changes).items() if value is not ...}

    def token(self, *roles: str, header: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """A token; `header` and `changes` spoil it, and ... leaves a claim out."""
        return self.sign(self.claims(*roles, **changes), header=header)

    def sign(self, claims: Mapping[str, Any], *, header: Mapping[str, Any] | None = None) -> str:
        """These claims, signed."""
        protected = {"alg": "ES256", "typ": "at+jwt", "kid": KID} | dict(header or {})
        protected = {name: value for name, value in protected.items() if value is not ...}
        registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
        return jws.serialize_compact(protected, orjson.dumps(claims), self.key, registry=registry)


@dataclass
class MemoryDirectory:
    """Ids derived from the subject, so that a test can know them."""

    async def id_of(self, issuer: str, subject: str, identity: Identity, *, traceparent: str, enrol: bool) -> UUID:
        """The id."""
        del identity, traceparent, enrol
        return uuid5(_NOBODY, f"{issuer} {subject}")


@dataclass
class MemoryStandings:
    """Nobody is in the directory, but for those whom a test puts there."""

    known: dict[UUID, Standing] = field(default_factory=dict)
    watchers: list[Watcher] = field(default_factory=list)
    away: bool = False

    async def of(self, actor_id: UUID) -> Standing:
        """What is known of them."""
        if self.away:
            raise Unavailable(code="store_unavailable")
        return self.known.setdefault(actor_id, Standing())

    def on_change(self, watcher: Watcher) -> None:
        """Remember whom to tell."""
        self.watchers.append(watcher)

    def change(self, actor_id: UUID, standing: Standing) -> None:
        """From now on this is true of them."""
        self.known[actor_id] = standing
        for watcher in self.watchers:
            watcher(actor_id)


@dataclass
class MemoryRecord:
    """What would be committed."""

    events: list[Event] = field(default_factory=list)
    away: bool = False
    known_away: bool = False

    def require(self) -> None:
        """Raises if it is known to be away."""
        if self.known_away:
            raise Unavailable(code="access_unrecorded")

    async def record(self, event: Event, *, actor: Actor, traceparent: str) -> None:
        """Keep it."""
        del actor, traceparent
        if self.away:
            raise Unavailable(code="access_unrecorded")
        self.events.append(event)


@dataclass(frozen=True)
class Asked:
    """One call that reached an owner."""

    request: Request[Any]
    token: str
    traceparent: str
    command_id: UUID | None
    timeout: float


def documented_answer(request: Request[Any]) -> Any:
    """The answer that the documentation shows."""
    (route,) = (route for route in ROUTES if route.request is type(request))
    counted = {"total": 1} if "total" in route.request.reply.model_fields else {}
    return {"items": [dict(route.answer)], "next": None, **counted} if route.is_page else dict(route.answer)


@dataclass
class MemoryOwners:
    """Answers for every owner service."""

    answer: Callable[[Request[Any]], Any] = documented_answer
    asked: list[Asked] = field(default_factory=list)

    async def call(
        self,
        request: Request[Any],
        *,
        token: str,
        traceparent: str,
        command_id: UUID | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - it travels with the call
    ) -> Any:
        """What `answer` says; it may raise."""
        self.asked.append(Asked(request, token, traceparent, command_id, timeout))
        return self.answer(request)


@dataclass(frozen=True)
class Reply:
    """What a caller got."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return orjson.loads(self.body)


@dataclass
class Gateway:
    """A gateway and everything around it."""

    issuer: MemoryIssuer = field(default_factory=MemoryIssuer)
    owners: MemoryOwners = field(default_factory=MemoryOwners)
    record: MemoryRecord = field(default_factory=MemoryRecord)
    standings: MemoryStandings = field(default_factory=MemoryStandings)
    more: Mapping[str, Any] = field(default_factory=dict)
    speakers: Mapping[str, Speaker] = field(default_factory=dict)
    ring: KeyRing | None = None
    table: tuple[Route, ...] = ROUTES
    clients: KnownClients | None = None
    authorities: Authorities | None = None

    def __post_init__(self) -> None:
        settings = settings_for_tests(**self.more)
        self.ring = KeyRing(ISSUER, self.issuer.keys, refresh_seconds=300, retry_seconds=10)
        own = OwnTokens(_SIGNING_KEY)
        verifier = Verifier({ISSUER: (settings.issuers[0], self.ring), OWN_ISSUER.issuer: (OWN_ISSUER, own.ring())})
        self.callers = Callers(verifier, MemoryDirectory(), self.standings)
        mint = Mint(Signer("gateway", _SIGNING_KEY))
        speakers = {route.speaks: _silent for route in (*ROUTES, *scim.ROUTES) if route.speaks} | dict(self.speakers)
        acting = Acting(self.authorities, self.standings) if self.authorities else None
        doors: dict[str, Any] = {}
        if self.clients is not None:
            assertions = Assertions(self.clients, (f"http://tellus.test{TOKEN}",))
            doors[TOKEN] = TokenDoor(assertions, own, self.callers, self.standings, self.record)
        self.tools = Tools(settings, self.callers, mint, self.owners, self.record, speakers, acting=acting, doors=doors)
        self.app = create_app(self.tools, self.table)

    def ask(
        self,
        method: str,
        path: str,
        *,
        roles: tuple[str, ...] = ("caseworker",),
        token: str | None = None,
        body: Any = ...,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        more_headers: tuple[tuple[bytes, bytes], ...] = (),
        key: bool = True,
    ) -> Reply:
        """One request. `body` is sent as JSON, `raw` as it is; an empty `token` sends none."""
        sent = {
            "host": "tellus.test",
            "authorization": f"Bearer {self.issuer.token(*roles) if token is None else token}",
        }
        if token == "":
            del sent["authorization"]
        if body is not ... or raw is not None:
            sent["content-type"] = "application/json"
        if method == "POST" and key:
            sent["idempotency-key"] = uuid4().hex
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        content = raw if raw is not None else b"" if body is ... else orjson.dumps(body)
        listed = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
        return asyncio.run(_ask(self.app, method, path, [*listed, *more_headers], content))


async def _silent(visit: Visit) -> Answer:
    """Stands where a test has nobody to speak for a route."""
    raise AssertionError(f"{visit.route.operation} speaks for itself: give the gateway of this test a speaker")


def settings_for_tests(**more: Any) -> Settings:
    """Settings that point nowhere."""
    given: dict[str, Any] = {
        "database_url": SecretStr("postgresql://nobody@127.0.0.1:1/none"),
        "amqp_url": SecretStr("amqp://nobody@127.0.0.1:1/none"),
        "transaction_keys": Path("none"),
        "signing_key": SecretStr(_SIGNING_KEY),
        "issuers": (Issuer(issuer=ISSUER, kind="by_role", assurance={"aal1": "aal1", "aal2": "aal2"}),),
        "quotas": AllQuotas(scale=1_000),
    }
    return Settings(**(given | more))


async def _ask(app: Any, method: str, path: str, headers: list[tuple[bytes, bytes]], content: bytes) -> Reply:
    address, _, query = path.partition("?")
    chunks = [content[at : at + 65_536] for at in range(0, len(content), 65_536)] or [b""]
    messages = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
        for number, chunk in enumerate(chunks)
    ]
    got: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        got.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": address,
        "raw_path": address.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "state": {},
    }
    await app(scope, receive, send)
    start, body = got
    return Reply(start["status"], {n.decode(): v.decode() for n, v in start["headers"]}, body["body"])
