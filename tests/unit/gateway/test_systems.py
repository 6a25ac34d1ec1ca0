"""Systems get tokens by proving themselves, once per proof; what they get is what they are registered for, no more."""

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

import orjson
import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from services.gateway.clients.known import Known
from services.gateway.clients.token_door import ACCESS_TOKEN, EXCHANGE, FORM, JWT_BEARER, TOKEN
from services.gateway.identity.standing import Registered, Standing
from services.gateway.limits.limiter import Limiter
from services.gateway.quotas import AllQuotas, Quotas
from shared.authz.token import Verifier
from shared.contracts.actor import Grant, GrantKind
from shared.contracts.gateway.events import AccessDenied, ClientRefused
from tests.support.gateway import _NOBODY, _SIGNING_KEY, ISSUER, Gateway, Reply

CLIENT = UUID("019c1f20-5a5a-7e01-9c9c-0d1e2f3a4b5c")
CLIENT_ACTOR = uuid5(_NOBODY, f"tellus:gateway {CLIENT}")
"""Whom the memory directory takes it for; the store gives it its own id."""
KEY = ECKey.generate_key("P-256", private=True)
SCOPES = ("cases_read", "contacts_read")


@dataclass
class MemoryClients:
    """One registered system."""

    known: Known | None = field(
        default_factory=lambda: Known(
            CLIENT, "city.parks", SCOPES, {KEY.thumbprint(): json.dumps(KEY.as_dict(private=False))}
        )
    )
    used: set[bytes] = field(default_factory=set)

    async def find(self, client_id: UUID) -> Known | None:
        return self.known if self.known and self.known.id == client_id else None

    async def use(self, client_id: UUID, digest: bytes, expires_at: datetime) -> bool:
        assert client_id == CLIENT
        assert expires_at > datetime.now(UTC) - timedelta(minutes=1)
        fresh = digest not in self.used
        self.used.add(digest)
        return fresh


def assertion(*, key: ECKey = KEY, header: dict[str, Any] | None = None, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": str(CLIENT),
        "sub": str(CLIENT),
        "aud": f"http://tellus.test{TOKEN}",
        "iat": now,
        "exp": now + 60,
        "jti": uuid4().hex,
    } | changes
    protected = {"alg": "ES256", "kid": KEY.thumbprint()} | (header or {})
    protected = {name: value for name, value in protected.items() if value is not ...}
    said = orjson.dumps({name: value for name, value in claims.items() if value is not ...})
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    return jws.serialize_compact(protected, said, key, registry=registry)


ODD: tuple[Any, ...] = ([], {}, [[]], ["jwt"], {"jwt": 1}, 7, True)
"""What JSON can say where a text is wanted."""


def spoilt(*, key: ECKey = KEY, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """One whose header says what no library would write, and whose signature is good all the same."""
    _, claims, _ = assertion(key=key, **changes).split(".")
    protected = {"alg": "ES256", "kid": KEY.thumbprint()} | (header or {})
    signed = f"{urlsafe_b64encode(orjson.dumps(protected)).rstrip(b'=').decode()}.{claims}"
    signature = jws.JWSRegistry.algorithms["ES256"].sign(signed.encode(), key)
    return f"{signed}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def ask_for(gateway: Gateway, proof: str | None = None, **more: str) -> Reply:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": proof if proof is not None else assertion(),
    } | more
    return gateway.ask("POST", TOKEN, token="", raw=urlencode(form).encode(), headers={"content-type": FORM}, key=False)


def registered(scopes: tuple[str, ...] = SCOPES, **more: Any) -> Standing:
    until = datetime.now(UTC) + timedelta(days=1)
    return Standing(department="city.parks", registered=Registered(scopes, "service_delivery", until), **more)


def gateway_with(standing: Standing | None = None) -> Gateway:
    gateway = Gateway(clients=MemoryClients())
    gateway.standings.known[CLIENT_ACTOR] = standing or registered()
    return gateway


def actor_of(gateway: Gateway) -> Any:
    """Whom the owner was told that it serves."""
    key = json.loads(_SIGNING_KEY)
    keys = Verifier({"keys": [{name: value for name, value in key.items() if name != "d"}]})
    return keys.verify(gateway.owners.asked[-1].token).actor


def test_a_system_that_proves_itself_gets_a_token_that_the_api_takes() -> None:
    gateway = gateway_with()
    answer = ask_for(gateway)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.json["token_type"], answer.json["scope"]) == ("Bearer", "cases_read contacts_read")
    reply = gateway.ask("GET", "/v1/me", token=answer.json["access_token"])
    assert (reply.status, reply.json["kind"], reply.json["department"]) == (200, "system", "city.parks")


def test_a_system_may_ask_for_less_and_never_for_more() -> None:
    gateway = gateway_with()
    assert ask_for(gateway, scope="cases_read").json["scope"] == "cases_read"
    refused = ask_for(gateway, scope="cases_read provision_staff")
    assert (refused.status, refused.json["error"]) == (400, "invalid_scope")


def test_a_proof_counts_once() -> None:
    gateway, proof = gateway_with(), assertion()
    assert ask_for(gateway, proof).status == 200
    again = ask_for(gateway, proof)
    assert (again.status, again.json["error"]) == (401, "invalid_client")


NOW = int(time.time())
STRANGER = ECKey.generate_key("P-256", private=True)


@pytest.mark.parametrize(
    "proof",
    [
        assertion(key=STRANGER),
        assertion(key=STRANGER, header={"kid": ...}),
        assertion(aud="https://elsewhere.test"),
        assertion(aud=[f"http://tellus.test{TOKEN}", "https://elsewhere.test"]),
        assertion(aud=...),
        assertion(exp=NOW - 60),
        assertion(exp=NOW + 3_600),
        assertion(exp=float(NOW + 60)),
        assertion(exp=...),
        assertion(iat=NOW + 3_600),
        assertion(nbf=NOW + 3_600),
        assertion(jti=...),
        assertion(jti="x" * 300),
        assertion(jti=7),
        assertion(sub=str(uuid4()), iss=...),
        assertion(iss=str(uuid4())),
        assertion(iss="portal", sub="portal"),
        assertion(header={"typ": "at+jwt"}),
        assertion(header={"typ": "txntoken+jwt"}),
        *(spoilt(header={"typ": odd}) for odd in ODD),
        *(spoilt(header={"alg": odd}) for odd in ODD),
        *(spoilt(header={"kid": odd}, key=STRANGER) for odd in ODD),
        *(spoilt(aud=odd) for odd in ODD),
        *(spoilt(iss=odd) for odd in ODD),
        *(spoilt(sub=odd, iss=odd) for odd in ODD),
        *(spoilt(jti=odd) for odd in ODD),
        assertion(header={"jwk": STRANGER.as_dict(private=False)}, key=STRANGER),
        assertion(header={"crit": ["b64"], "b64": False}),
        assertion()[:-4] + "AAAA",
        assertion().rpartition(".")[0] + ".",
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.",
        "not a token",
        "",
        "a.b.c" * 2_000,
    ],
    ids=lambda proof: proof[:0] or None,
)
def test_what_proves_nothing_is_answered_alike(proof: str) -> None:
    gateway = gateway_with()
    answer = ask_for(gateway, proof)
    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    assert "access_token" not in answer.json


def test_a_known_system_that_fails_to_prove_itself_is_on_record_and_a_stranger_is_not() -> None:
    gateway = gateway_with()
    ask_for(gateway, assertion(key=STRANGER))
    ask_for(gateway, assertion(iss=str(uuid4())))
    (told,) = gateway.record.events
    assert isinstance(told, ClientRefused)
    assert (told.subject, told.reason) == (CLIENT, "signature")


def test_nobody_fills_the_record_from_outside() -> None:
    gateway = gateway_with()
    for _ in range(80):
        ask_for(gateway, assertion(key=STRANGER))
    assert len(gateway.record.events) <= 60


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": EXCHANGE}, "invalid_request"),
        ({"grant_type": EXCHANGE, "subject_token": "x", "subject_token_type": "y"}, "invalid_request"),
        ({"grant_type": EXCHANGE, "subject_token": "x", "subject_token_type": ACCESS_TOKEN}, "invalid_grant"),
        ({"grant_type": EXCHANGE, "subject_token": "é", "subject_token_type": ACCESS_TOKEN}, "invalid_grant"),
    ],
)
def test_what_cannot_be_given_is_said_as_oauth_says_it(form: dict[str, str], error: str) -> None:
    answer = ask_for(gateway_with(), **form)
    assert (answer.status, answer.json["error"]) == (400, error)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"grant_type=a&grant_type=b", 400),
        (b"%zz", 400),
        (b"\xff", 400),
        (b"&".join(b"a%d=1" % n for n in range(50)), 400),
        (b"a=" + b"x" * 20_000, 413),
    ],
)
def test_a_form_that_cannot_be_read_changes_nothing(raw: bytes, status: int) -> None:
    gateway = gateway_with()
    answer = gateway.ask("POST", TOKEN, token="", raw=raw, headers={"content-type": FORM}, key=False)
    assert answer.status == status


def test_only_a_form_is_read() -> None:
    assert gateway_with().ask("POST", TOKEN, token="", body={}, key=False).status == 415
    assert gateway_with().ask("GET", TOKEN, token="").status == 405


def test_a_suspended_system_is_nobody_from_the_next_request_on() -> None:
    gateway = gateway_with()
    token = ask_for(gateway).json["access_token"]
    assert gateway.ask("GET", "/v1/me", token=token).status == 200
    gateway.standings.known[CLIENT_ACTOR] = registered(active=False)
    assert gateway.ask("GET", "/v1/me", token=token).status == 401


def test_a_scope_that_was_taken_back_is_gone_from_tokens_that_hold_it() -> None:
    gateway = gateway_with()
    token = ask_for(gateway).json["access_token"]
    gateway.standings.known[CLIENT_ACTOR] = registered(("cases_read",))
    gateway.ask("GET", "/v1/audit/checkpoint", token=token)
    assert actor_of(gateway).scopes == ("cases_read",)


def test_a_system_acts_on_behalf_of_a_user_and_both_are_told() -> None:
    gateway = gateway_with()
    user = gateway.issuer.token("caseworker")
    answer = ask_for(gateway, grant_type=EXCHANGE, subject_token=user, subject_token_type=ACCESS_TOKEN)
    assert answer.status == 200
    assert answer.json["issued_token_type"] == ACCESS_TOKEN
    gateway.ask("GET", "/v1/audit/checkpoint", token=answer.json["access_token"])
    acts = actor_of(gateway)
    assert (acts.kind, acts.roles, acts.department) == ("system", ("caseworker",), "city.permits")
    assert acts.on_behalf_of is not None
    assert acts.id != acts.on_behalf_of
    assert acts.scopes == SCOPES


@pytest.mark.parametrize("for_a_user", [False, True])
def test_a_system_asks_for_what_it_was_registered_for_and_whatever_else_it_says_is_on_record(for_a_user: bool) -> None:
    gateway = gateway_with()
    user = {
        "grant_type": EXCHANGE,
        "subject_token": gateway.issuer.token("auditor"),
        "subject_token_type": ACCESS_TOKEN,
    }
    token = ask_for(gateway, **(user if for_a_user else {})).json["access_token"]
    for stated, status in (("service_delivery", 200), ("oversight", 403), ("nonsense", 422)):
        reply = gateway.ask("GET", "/v1/me", token=token, headers={"Tellus-Purpose": stated})
        assert reply.status == status, stated
    (denied,) = [event for event in gateway.record.events if isinstance(event, AccessDenied)]
    assert (denied.code, denied.operation) == ("purpose_not_registered_for", "who_am_i")


def test_neither_a_system_nor_one_who_acts_for_another_lends_its_token() -> None:
    gateway = gateway_with()
    mine = ask_for(gateway).json["access_token"]
    system = gateway.issuer.token("system")
    for token in (mine, system):
        answer = ask_for(gateway, grant_type=EXCHANGE, subject_token=token, subject_token_type=ACCESS_TOKEN)
        assert (answer.status, answer.json["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("change", [Standing(active=False), Standing(department="city.permits", roles=("team_lead",))])
def test_a_user_who_left_or_has_other_roles_is_acted_for_no_longer(change: Standing) -> None:
    gateway = gateway_with()
    user = gateway.issuer.token("caseworker")
    answer = ask_for(gateway, grant_type=EXCHANGE, subject_token=user, subject_token_type=ACCESS_TOKEN)
    token = answer.json["access_token"]
    assert gateway.ask("GET", "/v1/me", token=token).status == 200
    gateway.standings.known[UUID(gateway.ask("GET", "/v1/me", token=user).json["id"])] = change
    assert gateway.ask("GET", "/v1/me", token=token).status == 401


def test_an_issuer_cannot_be_mistaken_for_us() -> None:
    gateway = gateway_with()
    for claims in ({"iss": "tellus:gateway"}, {"act": {"sub": str(CLIENT)}, "user": {"id": str(CLIENT)}}):
        reply = gateway.ask("GET", "/v1/me", token=gateway.issuer.token("caseworker", **claims))
        assert reply.status == 401 if "iss" in claims else reply.json["roles"] == ["caseworker"]
    assert ISSUER != "tellus:gateway"


def test_of_those_who_come_by_one_system_each_has_their_own_quota() -> None:
    gateway, few = gateway_with(), AllQuotas(system=Quotas(read=10, search=10, write=10), seconds=600, alone=1.0)
    vars(gateway.tools)["limiter"] = Limiter(few)
    left = []
    for user in ("carl", "dora", "carl"):
        subject = gateway.issuer.token("caseworker", sub=user)
        answer = ask_for(gateway, grant_type=EXCHANGE, subject_token=subject, subject_token_type=ACCESS_TOKEN)
        told = gateway.ask("GET", "/v1/me", token=answer.json["access_token"]).headers["ratelimit"]
        left.append(int(told.split("r=")[1].split(";")[0]))
    assert left[0] == left[1] > left[2]


def test_a_system_is_kept_out_of_what_its_owner_is_kept_out_of_and_let_into_nothing_by_it() -> None:
    wall = Grant(kind=GrantKind.EXCLUDED, resource=uuid4())
    gateway = gateway_with(registered(grants=(wall, Grant(kind=GrantKind.SPECIFIC, resource=uuid4(), role="agent"))))
    gateway.ask("GET", "/v1/audit/checkpoint", token=ask_for(gateway).json["access_token"])
    assert actor_of(gateway).grants == (wall,)
