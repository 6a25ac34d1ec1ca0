"""Browsers that sign in, without a socket: an issuer that plays OpenID Connect in memory, sessions in memory, a cookie jar."""

import asyncio
import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID, uuid4, uuid5

import orjson
import pytest
from joserfc.jwk import ECKey
from pydantic import SecretStr

from services.gateway.app import create_app
from services.gateway.identity.keys import IssuerUnreachable
from services.gateway.identity.sign_in_tokens import LOGOUT_EVENT
from services.gateway.identity.tokens import Verifier
from services.gateway.route import Route
from services.gateway.routes import contacts, me
from services.gateway.sessions import browsers as browsers_module
from services.gateway.sessions import pending, relying_party, signing_in
from services.gateway.sessions.browsers import Browsers
from services.gateway.sessions.callers import SessionCallers
from services.gateway.sessions.doors import Doors as SessionDoors
from services.gateway.sessions.relying_party import Endpoints, RelyingParty
from services.gateway.sessions.sealing import Seal
from services.gateway.sessions.session import EndReason, Session, SignedOutMeanwhile
from services.gateway.settings import Issuer
from shared.clock import now
from shared.errors import Unavailable
from tests.support.gateway import _NOBODY, ISSUER, Gateway, _ask

ORIGIN = "https://tellus.test"
CLIENT = "tellus-gateway"
CLIENT_KEY = ECKey.generate_key("P-256", {"kid": "client", "use": "sig", "alg": "ES256"}, private=True)
WEB = Issuer(issuer=ISSUER, kind="by_role", client_id=CLIENT, assurance={"aal1": "aal1", "aal2": "aal2"}, name="staff")
LOGIN, CALLBACK = "/v1/session/login", "/v1/session/callback"
LOGOUT, BACKCHANNEL = "/v1/session/logout", "/v1/session/backchannel_logout"
PROVEN = {"origin": ORIGIN, "tellus-csrf": "1", "sec-fetch-site": "same-origin"}


@dataclass
class MemorySessions:
    """Sessions, as the store keeps them."""

    rows: dict[bytes, Session] = field(default_factory=dict)
    spent: set[bytes] = field(default_factory=set)
    over: set[tuple[str, str]] = field(default_factory=set)
    renewing: dict[UUID, datetime] = field(default_factory=dict)
    ended: list[tuple[UUID, str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    away: bool = False

    def _answering(self) -> None:
        if self.away:
            raise Unavailable(code="store_unavailable")

    def _digest(self, id: UUID) -> bytes | None:
        return next((digest for digest, session in self.rows.items() if session.id == id), None)

    def _end(self, id: UUID, reason: str) -> bool:
        digest = self._digest(id)
        if digest is None:
            return False
        del self.rows[digest]
        self.ended.append((id, reason))
        return True

    async def find(self, digest: bytes) -> Session | None:
        self._answering()
        return self.rows.get(digest)

    async def spend(self, digest: bytes, until: datetime) -> bool:
        self._answering()
        assert until > now()
        new = digest not in self.spent
        self.spent.add(digest)
        return new

    async def begin(
        self, session: Session, digest: bytes, *, instead_of: UUID | None, at_most: int, traceparent: str
    ) -> None:
        del traceparent
        self._answering()
        if session.sid is not None and (session.issuer, session.sid) in self.over:
            raise SignedOutMeanwhile
        if instead_of is not None:
            self._end(instead_of, "signed_in_again")
        self.rows[digest] = session
        theirs = sorted((one for one in self.rows.values() if one.actor == session.actor), key=lambda one: one.began_at)
        for one in theirs[:-at_most]:
            self._end(one.id, "too_many")

    async def step_up(self, session: Session, digest: bytes, *, before: bytes, traceparent: str) -> bool:
        del traceparent
        self._answering()
        if before not in self.rows or self.rows[before].id != session.id:
            return False
        del self.rows[before]
        self.rows[digest] = session
        return True

    async def touch(self, session: Session, now: datetime) -> None:
        digest = self._digest(session.id)
        if digest is not None:
            self.rows[digest] = replace(self.rows[digest], seen_at=now)

    async def end(self, id: UUID, reason: EndReason, *, traceparent: str) -> bool:
        del traceparent
        self._answering()
        return self._end(id, reason)

    async def end_of_issuer(
        self, issuer: str, *, sid: str | None, subject: str | None, told: bytes, until: datetime, traceparent: str
    ) -> int | None:
        del until, traceparent
        self._answering()
        if told in self.spent:
            return None
        self.spent.add(told)
        if sid is not None:
            self.over.add((issuer, sid))
        actor = None if subject is None else uuid5(_NOBODY, f"{issuer} {subject}")
        gone = [
            one.id
            for one in self.rows.values()
            if one.issuer == issuer and sid in (None, one.sid) and actor in (None, one.actor)
        ]
        for id in gone:
            self._end(id, "issuer_signed_out")
        return len(gone)

    async def claim_renewal(self, id: UUID, now: datetime, until: datetime) -> bool:
        self._answering()
        if id in self.renewing and self.renewing[id] > now:
            return False
        self.renewing[id] = until
        return True

    async def renewed(self, session: Session) -> bool:
        digest = self._digest(session.id)
        if digest is None:
            return False
        self.renewing.pop(session.id, None)
        self.rows[digest] = session
        return True

    async def sweep(self, now: datetime, idle_since: datetime) -> int:
        gone = [one.id for one in self.rows.values() if one.ends_at <= now or one.seen_at <= idle_since]
        for id in gone:
            self._end(id, "too_old")
        return len(gone)

    async def tell_failed(self, reason: str, issuer: str | None, *, traceparent: str) -> None:
        del issuer, traceparent
        self.failed.append(reason)


@dataclass
class Provider:
    """The issuer's side of a sign-in: codes that are good once, refresh tokens that change, and a way to spoil each."""

    gateway: "WebGateway"
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    refreshes: dict[str, dict[str, Any]] = field(default_factory=dict)
    posted: list[dict[str, str]] = field(default_factory=list)
    away: bool = False
    refuses: bool = False
    names_itself: bool = True
    gives_refresh: bool = True
    seconds: int = 600
    id_changes: dict[str, Any] = field(default_factory=dict)
    id_header: dict[str, Any] = field(default_factory=dict)
    access_changes: dict[str, Any] = field(default_factory=dict)
    answer_changes: dict[str, Any] = field(default_factory=dict)

    async def endpoints(self, issuer: Issuer) -> Endpoints:
        if self.away:
            raise IssuerUnreachable
        return Endpoints(
            f"{issuer.issuer}/authorize", f"{issuer.issuer}/token", f"{issuer.issuer}/end", self.names_itself
        )

    async def post(self, address: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        del address
        await asyncio.sleep(0)
        if self.away:
            raise IssuerUnreachable
        self.posted.append({**form, **headers})
        if self.refuses:
            return 400, {"error": "invalid_grant"}
        found = self._redeemed(form)
        return (400, {"error": "invalid_grant"}) if found is None else (200, self._tokens(found))

    def authorize(self, address: str, *roles: str, acr: str = "aal1", sid: str | None = None, **more: Any) -> str:
        """What a person does at their issuer: the address that their browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        code = uuid4().hex
        self.codes[code] = {"asked": asked, "roles": roles, "acr": acr, "sid": sid or uuid4().hex, "claims": more}
        given = {"code": code, "state": asked["state"], "iss": ISSUER}
        return f"{CALLBACK}?{urlencode(given)}"

    def logout_token(self, *, header: Mapping[str, Any] | None = None, **changes: Any) -> str:
        moment = int(now().timestamp())
        good = {
            "iss": ISSUER,
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + 120,
            "jti": uuid4().hex,
            "events": {LOGOUT_EVENT: {}},
        }
        claims = {name: value for name, value in (good | changes).items() if value is not ...}
        return self.gateway.issuer.sign(claims, header={"typ": "logout+jwt"} | dict(header or {}))

    def _redeemed(self, form: Mapping[str, str]) -> dict[str, Any] | None:
        if form["grant_type"] == "refresh_token":
            return self.refreshes.pop(form["refresh_token"], None)
        found = self.codes.pop(form["code"], None)
        if found is None:
            return None
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        fits = proof == found["asked"]["code_challenge"] and form["redirect_uri"] == found["asked"]["redirect_uri"]
        return found if fits else None

    def _tokens(self, found: dict[str, Any]) -> dict[str, Any]:
        moment = int(now().timestamp())
        about = {"sub": f"somebody-{'-'.join(found['roles'])}", "acr": found["acr"], "auth_time": moment}
        about |= found["claims"]
        access = self.gateway.issuer.token(
            *found["roles"], **({"iat": moment, "exp": moment + 600} | about | self.access_changes)
        )
        half = hashlib.sha256(access.encode()).digest()[:16]
        id_claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + 600,
            "nonce": found["asked"]["nonce"],
            "sid": found["sid"],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **about,
            **self.id_changes,
        }
        id_claims = {name: value for name, value in id_claims.items() if value is not ...}
        answer = {
            "token_type": "Bearer",
            "access_token": access,
            "expires_in": self.seconds,
            "id_token": self.gateway.issuer.sign(id_claims, header={"typ": "JWT", **self.id_header}),
        }
        if self.gives_refresh:
            refresh = uuid4().hex
            self.refreshes[refresh] = found
            answer["refresh_token"] = refresh
        return {name: value for name, value in (answer | self.answer_changes).items() if value is not ...}


@dataclass(frozen=True)
class Seen:
    """What a browser was answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for given, value in self.headers if given == name), None)

    @property
    def location(self) -> str:
        found = self.header("location")
        assert found is not None, self.body
        return found

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Browser:
    """Keeps cookies, and sends them."""

    gateway: "WebGateway"
    jar: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: Any = ..., raw: bytes = b""
    ) -> Seen:
        sent = {"host": "tellus.test", "user-agent": "Mozilla/5.0 Firefox/140.0"}
        if self.jar:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        if body is not ...:
            sent["content-type"], raw = "application/json", orjson.dumps(body)
        sent |= dict(headers or {})
        listed = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
        got = asyncio.run(_all(self.gateway.app, method, path, listed, raw))
        for name, value in got.headers:
            if name == "set-cookie":
                self._keep(value)
        return got

    def get(self, path: str, **headers: str) -> Seen:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, **more: Any) -> Seen:
        """As one of our own pages does it."""
        return self.ask("POST", path, headers=PROVEN | more.pop("headers", {}), **more)

    def sign_in(self, *roles: str, query: str = "", **proofs: Any) -> Seen:
        """All the way round."""
        away = self.get(LOGIN + (f"?{query}" if query else ""))
        assert away.status == 303, away.body
        return self.get(self.gateway.provider.authorize(away.location, *(roles or ("caseworker",)), **proofs))

    @property
    def session(self) -> str | None:
        return self.jar.get("__Host-tellus")

    def _keep(self, line: str) -> None:
        pair, *rest = [part.strip() for part in line.split(";")]
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} <= set(rest), line
        assert not any(part.lower().startswith("domain") for part in rest)
        name, _, value = pair.partition("=")
        if "Max-Age=0" in rest:
            self.jar.pop(name, None)
        else:
            self.jar[name] = value


@dataclass
class WebGateway(Gateway):
    """A gateway that browsers can sign in to."""

    sessions: MemorySessions = field(default_factory=MemorySessions)
    table: tuple[Route, ...] = (*contacts.ROUTES, *me.ROUTES)

    def __post_init__(self) -> None:
        keys = '{"2026-11": "' + base64.b64encode(bytes(range(32))).decode() + '"}'
        self.more = {
            "issuers": (WEB,),
            "public_url": ORIGIN,
            "session_key": SecretStr(keys),
            "client_key": SecretStr(orjson.dumps(CLIENT_KEY.as_dict(private=True)).decode()),
            **self.more,
        }
        super().__post_init__()
        assert self.ring is not None
        settings = self.tools.settings
        self.provider = Provider(self)
        self.browsers = Browsers(
            settings=settings,
            store=self.sessions,
            party=RelyingParty(self.provider, settings),
            verifier=Verifier({ISSUER: (settings.issuers[0], self.ring)}),
            callers=self.callers,
            seal=Seal.from_setting(keys),
        )
        callers = SessionCallers(self.callers, self.browsers)
        self.tools = replace(self.tools, callers=callers, doors=SessionDoors(self.browsers).all())
        self.app = create_app(self.tools, self.table)

    def browser(self) -> Browser:
        """A fresh one."""
        return Browser(self)


@contextmanager
def later(patch: pytest.MonkeyPatch, seconds: float) -> Iterator[None]:
    """The same, some time later."""
    moment = now() + timedelta(seconds=seconds)
    with patch.context() as patched:
        for module in (browsers_module, pending, relying_party, signing_in):
            patched.setattr(module, "now", lambda: moment)
        yield


async def _all(app: Any, method: str, path: str, headers: list[tuple[bytes, bytes]], content: bytes) -> Seen:
    found: list[Any] = []

    async def keeping(scope: Any, receive: Any, send: Any) -> None:
        async def kept(message: Any) -> None:
            found.append(message)
            await send(message)

        await app(scope, receive, kept)

    reply = await _ask(keeping, method, path, headers, content)
    listed = [(name.decode(), value.decode()) for name, value in found[0]["headers"]]
    return Seen(reply.status, listed, reply.body)
