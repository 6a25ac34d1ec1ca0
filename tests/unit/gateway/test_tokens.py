"""Only a token of a trusted issuer, whole, in time and for us, opens anything: all others get one opaque answer."""

import asyncio
import base64
import hmac
import json
import math
import re
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from services.gateway.identity.keys import KeyRing, made_by_a_broken_card, usable_keys
from services.gateway.settings import Issuer
from shared.errors import Unavailable
from tests.support.gateway import ISSUER, KID, Gateway, MemoryIssuer

CONTACT = "/v1/contacts/019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
OTHER = ECKey.generate_key("P-256", {"kid": KID}, private=True)
GOOD = MemoryIssuer()
PUBLIC = GOOD.key.as_dict(private=False)


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def parts(token: str) -> tuple[str, str, str]:
    header, claims, signature = token.split(".")
    return header, claims, signature


def with_header(**changes: Any) -> str:
    header = {"alg": "ES256", "typ": "at+jwt", "kid": KID} | changes
    return raw_header(json.dumps({name: value for name, value in header.items() if value is not ...}))


def with_claims(**changes: Any) -> str:
    return GOOD.token("caseworker", **changes)


def unsigned(alg: str) -> str:
    header = b64(orjson.dumps({"alg": alg, "typ": "at+jwt", "kid": KID}))
    return f"{header}.{b64(orjson.dumps(GOOD.claims('caseworker')))}."


def keyed_with(secret: bytes) -> str:
    header = {"alg": "HS256", "typ": "at+jwt", "kid": KID}
    signing = f"{b64(orjson.dumps(header))}.{b64(orjson.dumps(GOOD.claims('caseworker')))}"
    return f"{signing}.{b64(hmac.new(secret, signing.encode(), 'sha256').digest())}"


def raw_claims(text: str) -> str:
    signing = f"{parts(with_claims())[0]}.{b64(text.encode())}"
    model = jws.JWSRegistry.algorithms["ES256"]
    return f"{signing}.{b64(model.sign(signing.encode(), GOOD.key))}"


def raw_header(text: str) -> str:
    signing = f"{b64(text.encode())}.{parts(with_claims())[1]}"
    model = jws.JWSRegistry.algorithms["ES256"]
    return f"{signing}.{b64(model.sign(signing.encode(), GOOD.key))}"


def with_signature(change: Callable[[bytes], bytes]) -> str:
    header, claims, signature = parts(with_claims())
    return f"{header}.{claims}.{b64(change(base64.urlsafe_b64decode(signature + '==')))}"


def as_der(signature: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def with_loose_bits() -> str:
    header, claims, signature = parts(with_claims())
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(signature[-1])
    return f"{header}.{claims}.{signature[:-1]}{alphabet[last ^ 1]}"


def at(seconds: int) -> int:
    return int(time.time()) + seconds


def spoilt(pattern: str, replacement: str) -> str:
    claims, found = re.subn(pattern, replacement, json.dumps(GOOD.claims("caseworker")))
    assert found == 1
    return raw_claims(claims)


FORGED: dict[str, Callable[[], str]] = {
    **{f"J1 alg {alg}": lambda alg=alg: unsigned(alg) for alg in ("none", "None", "NONE", "nOnE", "")},  # type: ignore[misc]
    "J2 no signature": lambda: ".".join(parts(with_claims())[:2]) + ".",
    "J2 two parts": lambda: ".".join(parts(with_claims())[:2]),
    "J2 a signature of zero bytes of the right length": lambda: with_signature(lambda s: bytes(len(s))),
    "J2 a flipped bit": lambda: with_signature(lambda s: bytes([s[0] ^ 1]) + s[1:]),
    "J3 the public key as PEM for a secret": lambda: keyed_with(GOOD.key.as_pem(private=False)),
    "J3 the public key as DER for a secret": lambda: keyed_with(GOOD.key.as_der(private=False)),
    "J3 the public key as JWK for a secret": lambda: keyed_with(orjson.dumps(PUBLIC)),
    "J4 r=s=0": lambda: with_signature(lambda _: bytes(64)),
    "J4 a DER signature": lambda: with_signature(as_der),
    "J4 a longer signature": lambda: with_signature(lambda s: s + b"\x00"),
    "J5 jwk": lambda: with_header(jwk=PUBLIC),
    "J5 jku": lambda: with_header(jku="https://evil.test/jwks"),
    "J5 x5u": lambda: with_header(x5u="https://evil.test/cert"),
    "J5 x5c": lambda: with_header(x5c=["AAAA"]),
    "J5 another key under the same id": lambda: MemoryIssuer(OTHER).token("caseworker"),
    "J6 a path for a key id": lambda: with_header(kid="../../dev/null"),
    "J6 SQL for a key id": lambda: with_header(kid="' OR 1=1 --"),
    "J6 a line break in a key id": lambda: with_header(kid="a\r\nb"),
    "J6 a number for a key id": lambda: with_header(kid=1),
    "J6 no key id": lambda: with_header(kid=...),
    "J6 an unknown key id": lambda: with_header(kid="2020-01"),
    "J7 crit": lambda: with_header(crit=["exp"], exp=1),
    "J7 b64": lambda: raw_header(json.dumps({"alg": "ES256", "typ": "at+jwt", "kid": KID, "b64": False})),
    "J7 zip": lambda: with_header(zip="DEF"),
    "J7 five parts": lambda: with_claims() + ".a.b",
    "J8 no type": lambda: with_header(typ=...),
    "J8 an ID token": lambda: with_header(typ="JWT"),
    "J8 a logout token": lambda: with_header(typ="logout+jwt"),
    "J8 a DPoP proof": lambda: with_header(typ="dpop+jwt"),
    "J8 a transaction token": lambda: with_header(typ="txntoken+jwt"),
    "J9 another audience": lambda: with_claims(aud="tellus-admin"),
    "J9 a prefix of the audience": lambda: with_claims(aud="tell"),
    "J9 the audience in capitals": lambda: with_claims(aud="TELLUS"),
    "J9 a list of others": lambda: with_claims(aud=["a", "b"]),
    "J9 an object for the audience": lambda: with_claims(aud={"tellus": True}),
    "J9 no audience": lambda: with_claims(aud=...),
    "J9 a slash behind the issuer": lambda: with_claims(iss=f"{ISSUER}/"),
    "J9 a suffix behind the issuer": lambda: with_claims(iss=f"{ISSUER}.evil.test"),
    "J9 a list for the issuer": lambda: with_claims(iss=[ISSUER]),
    "J9 no issuer": lambda: with_claims(iss=...),
    "J9 a number for the subject": lambda: with_claims(sub=1),
    "J9 an empty subject": lambda: with_claims(sub=""),
    "J9 no subject": lambda: with_claims(sub=...),
    "J9 no expiry": lambda: with_claims(exp=...),
    "J9 an expiry as text": lambda: with_claims(exp=str(at(600))),
    "J9 an expiry with a fraction": lambda: with_claims(exp=at(600) + 0.5),
    "J9 an expiry of true": lambda: with_claims(exp=True),
    "J9 an expiry of 1e400": lambda: spoilt(r'"exp": \d+', '"exp": 1e400'),
    "J9 expired": lambda: with_claims(iat=at(-700), exp=at(-100)),
    "J9 not yet": lambda: with_claims(nbf=at(300)),
    "J9 issued in the future": lambda: with_claims(iat=at(300), exp=at(900)),
    "J9 not issued": lambda: with_claims(iat=...),
    "J9 too long a life": lambda: with_claims(exp=at(100_000)),
    "J10 a duplicate claim": lambda: spoilt(r"}$", ', "sub": "root"}'),
    "J10 a duplicate header": lambda: raw_header(f'{{"alg":"ES256","typ":"at+jwt","kid":"{KID}","kid":"{KID}"}}'),
    "J10 padding": lambda: with_claims() + "==",
    "J10 a space": lambda: with_claims().replace(".", " .", 1),
    "J10 loose bits at the end": with_loose_bits,
    "J10 the JSON serialisation": lambda: json.dumps({"payload": parts(with_claims())[1], "signatures": []}),
    "J10 claims that are a list": lambda: raw_claims("[]"),
    "J12 another issuer": lambda: with_claims(iss="https://other.test"),
    "J15 a token of 9 KiB": lambda: with_claims(padding="x" * 9_000),
    "J16 roles that contradict": lambda: GOOD.token("citizen", "administrator"),
    "J16 a department that is none": lambda: with_claims(department="../city"),
    "nothing like a token": lambda: "hunter2",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_gets_the_one_opaque_answer(forge: Callable[[], str]) -> None:
    gateway = Gateway()

    reply = gateway.ask("GET", CONTACT, token=forge())

    assert reply.status == 401
    assert gateway.owners.asked == []
    assert reply.headers["www-authenticate"].startswith("Bearer ")
    told = {name: value for name, value in reply.json.items() if name != "trace"}
    missing = {name: value for name, value in gateway.ask("GET", CONTACT, token="").json.items() if name != "trace"}
    assert told == missing


def test_a_good_token_is_accepted_in_every_allowed_spelling() -> None:
    gateway = Gateway()
    token = GOOD.token("caseworker")
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert gateway.ask("GET", CONTACT, token="", headers={"Authorization": f"{scheme} {token}"}).status == 200
    assert gateway.ask("GET", CONTACT, token=with_header(typ="application/at+jwt")).status == 200
    assert gateway.ask("GET", CONTACT, token=with_claims(aud=["other", "tellus"])).status == 200


@pytest.mark.parametrize("value", ["Basic cm9vdDpyb290", "Bearer", "Bearer a b", "Bearer a,b", "DPoP {}", ""])
def test_only_one_bearer_token_is_read(value: str) -> None:
    assert Gateway().ask("GET", CONTACT, token="", headers={"Authorization": value}).status == 401


def test_two_authorization_headers_are_none() -> None:
    good = f"Bearer {GOOD.token('caseworker')}".encode()

    assert Gateway().ask("GET", CONTACT, more_headers=((b"Authorization", good),)).status == 401


def test_a_token_elsewhere_than_in_its_header_is_not_looked_at() -> None:
    gateway, token = Gateway(), GOOD.token("caseworker")

    assert gateway.ask("GET", f"{CONTACT}?access_token={token}", token="").status == 401
    assert gateway.ask("GET", CONTACT, token="", headers={"Cookie": f"access_token={token}"}).status == 401


def test_a_malleable_signature_makes_nobody_else() -> None:
    # (r, n - s) is as good a signature as (r, s): it must never be more than the same token
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

    def mirrored(signature: bytes) -> bytes:
        r, s = decode_dss_signature(as_der(signature))
        return r.to_bytes(32, "big") + (order - s).to_bytes(32, "big")

    gateway = Gateway()
    gateway.ask("GET", "/v1/me", token=with_claims())
    assert gateway.ask("GET", "/v1/me", token=with_signature(mirrored)).status == 200


def test_a_known_token_is_not_verified_again_but_never_outlives_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = Gateway()
    token = with_claims(exp=at(50))
    assert gateway.ask("GET", CONTACT, token=token).status == 200
    verified: list[str] = []
    monkeypatch.setattr(jws, "deserialize_compact", lambda token, *_, **__: verified.append(token))

    assert gateway.ask("GET", CONTACT, token=token).status == 200
    assert verified == []

    later = time.time() + 90
    monkeypatch.setattr(time, "time", lambda: later)
    assert gateway.ask("GET", CONTACT, token=token).status == 401


def ring(issuer: MemoryIssuer, *, retry: float = 10, refresh: float = 300) -> KeyRing:
    return KeyRing(ISSUER, issuer.keys, refresh_seconds=refresh, retry_seconds=retry)


def test_a_flood_of_unknown_keys_costs_one_fetch() -> None:
    async def story() -> None:
        issuer = MemoryIssuer()
        keys = ring(issuer)
        found = await asyncio.gather(*(keys.find(f"unknown-{n}") for n in range(200)), keys.find(KID))
        assert found[-1] is not None
        assert not any(found[:-1])
        assert issuer.fetched == 1

    asyncio.run(story())


def test_known_keys_stay_good_while_the_issuer_is_away() -> None:
    async def story() -> None:
        issuer = MemoryIssuer()
        keys = ring(issuer, retry=0, refresh=0)
        assert await keys.find(KID)
        issuer.away = True
        for _ in range(3):
            assert await keys.find(KID)
            await asyncio.sleep(0)
        assert issuer.fetched > 1

    asyncio.run(story())


def test_a_key_that_was_taken_back_is_dropped() -> None:
    async def story() -> None:
        issuer = MemoryIssuer()
        keys = ring(issuer, retry=0)
        assert await keys.find(KID)
        issuer.document = orjson.dumps({"keys": [OTHER.as_dict(private=False) | {"kid": "next"}]})
        assert await keys.find("next")
        assert await keys.find(KID) is None

    asyncio.run(story())


def test_an_issuer_that_was_never_reached_is_unavailable_not_a_bad_token() -> None:
    issuer = MemoryIssuer(away=True)
    gateway = Gateway(issuer=issuer)

    replies = [gateway.ask("GET", CONTACT) for _ in range(3)]

    assert {(reply.status, reply.json["code"]) for reply in replies} == {(503, "issuer_unreachable")}
    assert issuer.fetched == 1
    with pytest.raises(Unavailable):
        asyncio.run(ring(MemoryIssuer(away=True)).find(KID))


UNFIT: dict[str, dict[str, Any]] = {
    "a shared secret": OctKey.generate_key(256, {"kid": KID}).as_dict(),
    "a private key": GOOD.key.as_dict(private=True),
    "a key for encryption": PUBLIC | {"use": "enc"},
    "a key that may not verify": {k: v for k, v in PUBLIC.items() if k != "use"} | {"key_ops": ["sign"]},
    "a point off the curve": PUBLIC | {"x": b64(bytes(31) + b"\x01")},
    "an unknown type": {"kty": "XYZ", "kid": KID},
    "RSA of 1024 bits": {"kty": "RSA", "kid": KID, "e": "AQAB", "n": b64(b"\xc1" * 127 + b"\x01")},
    "RSA with e=1": RSAKey.generate_key(2048, {"kid": KID}, private=False).as_dict(private=False) | {"e": "AQ"},
    "no id": {k: v for k, v in PUBLIC.items() if k != "kid"},
    "a number for an id": PUBLIC | {"kid": 1},
}


@pytest.mark.filterwarnings("ignore:Key size")
@pytest.mark.parametrize("key", UNFIT.values(), ids=UNFIT.keys())
def test_an_unfit_key_is_left_out(key: dict[str, Any]) -> None:
    assert usable_keys(orjson.dumps({"keys": [key]})) == {}


def test_an_id_that_stands_twice_names_neither_key() -> None:
    twice = [PUBLIC, OTHER.as_dict(private=False)]

    assert usable_keys(orjson.dumps({"keys": twice})) == {}


@pytest.mark.parametrize("document", [b"<html>", b"[]", b"{}", b'{"keys": {}}', b'{"keys": [], "keys": []}'])
def test_what_is_no_key_set_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        usable_keys(document)


@pytest.mark.parametrize("curve", ["P-384", "Ed25519"])
def test_a_key_of_another_curve_does_not_fit_the_algorithm(curve: str) -> None:
    other = (
        OKPKey.generate_key("Ed25519", {"kid": KID}, private=False)
        if curve == "Ed25519"
        else ECKey.generate_key("P-384", {"kid": KID}, private=False)
    )
    issuer = MemoryIssuer(document=orjson.dumps({"keys": [other.as_dict(private=False)]}))

    assert Gateway(issuer=issuer).ask("GET", CONTACT).status == 401


def actor_for(issuer: Issuer, *roles: str, **claims: Any) -> Any:
    gateway = Gateway(more={"issuers": (issuer,)})
    return gateway.ask("GET", "/v1/me", token=GOOD.token(*roles, **claims)).json


def test_an_issuer_gives_only_what_it_may_give() -> None:
    staff = Issuer(issuer=ISSUER, kind="staff")
    citizens = Issuer(issuer=ISSUER, kind="citizen")

    assert actor_for(staff, "agent", "citizen", "system", "root")["roles"] == ["agent"]
    assert actor_for(citizens, "administrator")["roles"] == ["citizen"]
    assert actor_for(citizens, "administrator")["kind"] == "citizen"


def test_claims_are_found_where_the_issuer_keeps_them() -> None:
    elsewhere = Issuer(
        issuer=ISSUER,
        roles_claim="realm_access.roles",
        department_claim="https://city.test/unit",
        assurance={"urn:mfa": "aal2"},
    )
    found = actor_for(
        elsewhere,
        realm_access={"roles": ["agent"]},
        acr="urn:mfa",
        **{"https://city.test/unit": "city.parking"},
    )

    assert (found["roles"], found["department"], found["assurance"]) == (["agent"], "city.parking", "aal2")


def test_a_citizen_is_the_contact_that_their_issuer_says() -> None:
    contact = "019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
    citizens = Issuer(issuer=ISSUER, kind="citizen")

    assert actor_for(citizens, contact_id=contact)["contact_id"] == contact
    assert actor_for(Issuer(issuer=ISSUER), "agent", contact_id=contact)["contact_id"] is None


def test_a_token_bound_to_a_key_is_nobodys_bearer_token() -> None:
    bound = with_claims(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})

    assert Gateway().ask("GET", CONTACT, token=bound).status == 401


def test_a_modulus_of_a_broken_card_is_known_by_its_mark() -> None:
    # such a prime is k*M + (65537^a mod M), M the product of the first primes: so is the product of two of them
    product = math.prod(
        (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)
    )
    product *= math.prod((101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167))
    weak = (3 * product + pow(65_537, 12_345, product)) * (5 * product + pow(65_537, 54_321, product))
    healthy = RSAKey.generate_key(2048, private=False)

    assert made_by_a_broken_card(weak)
    assert isinstance(healthy, RSAKey)
    assert not made_by_a_broken_card(healthy.public_key.public_numbers().n)
