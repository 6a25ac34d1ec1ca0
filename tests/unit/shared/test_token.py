"""A transaction token says who asks. What is forged, foreign, expired or overreaching is refused."""

import base64
import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared.authz.token import (
    AUDIENCE,
    LIFETIME_SECONDS,
    MAXIMUM_LENGTH,
    SKEW_SECONDS,
    TYPE,
    Signer,
    TokenRefused,
    Verifier,
    system_actor,
)
from shared.contracts.actor import Actor, Kind
from shared.errors import Forbidden
from tests.support.actors import citizen, staff

KEYS = {name: OKPKey.generate_key("Ed25519", {"kid": name}) for name in ("gateway", "cases", "stranger")}
VERIFIER = Verifier({"keys": [KEYS[name].as_dict(private=False) for name in ("gateway", "cases")]})
ACTOR = staff("caseworker")


def signer(service: str) -> Signer:
    return Signer(service, json.dumps(KEYS[service].as_dict(private=True)))


def claims(**other: Any) -> dict[str, Any]:
    issued = int(time.time())
    told = {"iss": "gateway", "aud": AUDIENCE, "iat": issued, "exp": issued + 60, "sub": str(ACTOR.id), "req": "get"}
    return told | {"act": ACTOR.model_dump(mode="json")} | other


def header(**other: Any) -> dict[str, Any]:
    return {"alg": "Ed25519", "typ": TYPE, "kid": "gateway"} | other


def signed(head: dict[str, Any], told: dict[str, Any], key: str = "gateway") -> str:
    return jwt.encode(head, told, KEYS[key], algorithms=["Ed25519"])


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds by which the clock of the verifier is ahead."""
    ahead, real = [0.0], time.time
    monkeypatch.setattr("shared.authz.token.time.time", lambda: real() + ahead[0])
    return ahead


def test_the_gateway_signs_for_people() -> None:
    verified = VERIFIER.verify(signer("gateway").sign(ACTOR, operation="get_case"))
    assert (verified.issuer, verified.actor, verified.operation) == ("gateway", ACTOR, "get_case")


def test_everything_about_a_citizen_arrives() -> None:
    person = citizen(ACTOR.id).model_copy(
        update={"assurance": "aal2", "purpose": "own_affairs", "on_behalf_of": ACTOR.id}
    )
    assert VERIFIER.verify(signer("gateway").sign(person, operation="get_case")).actor == person


def test_a_service_signs_for_itself() -> None:
    verified = VERIFIER.verify(signer("cases").as_itself(operation="get_contact_card"))
    assert verified.actor == system_actor("cases")
    assert (verified.actor.kind, verified.actor.roles) == (Kind.SYSTEM, ("system",))


def test_a_token_made_by_hand_as_it_should_be_is_accepted() -> None:
    assert VERIFIER.verify(signed(header(), claims())).actor == ACTOR


@pytest.mark.parametrize(
    "actor",
    [ACTOR, system_actor("contacts"), system_actor("cases").model_copy(update={"roles": ("system", "administrator")})],
    ids=["a person", "another service", "itself with another role"],
)
def test_a_service_may_sign_for_nobody_else(actor: Actor) -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.verify(signer("cases").sign(actor, operation="get_case"))


def test_a_service_may_not_pass_for_the_gateway() -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.verify(signed(header(kid="cases"), claims(), key="cases"))


def test_a_token_lasts_a_minute_and_a_little_skew(later: list[float]) -> None:
    made = signer("gateway").sign(ACTOR, operation="get_case")
    later[0] = LIFETIME_SECONDS + SKEW_SECONDS - 2
    assert VERIFIER.verify(made).actor == ACTOR
    later[0] = LIFETIME_SECONDS + SKEW_SECONDS + 1
    with pytest.raises(TokenRefused, match="expired"):
        VERIFIER.verify(made)


def test_a_token_from_the_future_is_refused(later: list[float]) -> None:
    later[0] = 3_600
    made = signer("gateway").sign(ACTOR, operation="get_case")
    later[0] = 0
    with pytest.raises(TokenRefused):
        VERIFIER.verify(made)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (header(typ="JWT"), claims()),
        (header(typ="at+jwt"), claims()),
        (header(), claims(aud="elsewhere")),
        (header(), claims(aud=[AUDIENCE, "elsewhere"])),
        (header(), claims(iss="cases")),
        (header(), claims(act={})),
        (header(), claims(act="administrator")),
        (header(), claims(act=ACTOR.model_dump(mode="json") | {"department": "No Department"})),
        (header(), claims(exp="tomorrow")),
        (header(), claims(exp=None)),
        (header(), {k: v for k, v in claims().items() if k != "iat"}),
        (header(), {k: v for k, v in claims().items() if k != "req"}),
        (header(kid="nobody"), claims()),
        ({"alg": "Ed25519", "typ": TYPE}, claims()),
        (header(kid=7), claims()),
    ],
)
def test_a_well_signed_token_that_says_something_else_is_refused(head: dict[str, Any], told: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.verify(f"{part(head)}.{part(told)}." + _signature(head, told))


def _signature(head: dict[str, Any], told: dict[str, Any]) -> str:
    signature = KEYS["gateway"].private_key.sign(f"{part(head)}.{part(told)}".encode())  # type: ignore[union-attr]
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


def test_this_way_of_signing_by_hand_is_one_that_is_accepted() -> None:
    head, told = header(), claims()
    assert VERIFIER.verify(f"{part(head)}.{part(told)}.{_signature(head, told)}").actor == ACTOR


def test_another_key_under_our_name_is_refused() -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.verify(signed(header(), claims(), key="stranger"))


def test_an_unsigned_token_is_refused() -> None:
    for algorithm in ("none", "None", ""):
        with pytest.raises(TokenRefused):
            VERIFIER.verify(f"{part(header(alg=algorithm))}.{part(claims())}.")


def test_a_public_key_used_as_a_shared_secret_is_refused() -> None:
    secret = OctKey.import_key(json.dumps(KEYS["gateway"].as_dict(private=False)))
    forged = jwt.encode(header(alg="HS256"), claims(), secret, algorithms=["HS256"])
    with pytest.raises(TokenRefused):
        VERIFIER.verify(forged)


def test_every_changed_part_is_noticed() -> None:
    made = signer("gateway").sign(ACTOR, operation="get_case")
    head, told, signature = made.split(".")
    other = signer("gateway").sign(staff("administrator"), operation="get_case").split(".")
    for changed in (
        f"{head}.{other[1]}.{signature}",
        f"{head}.{told}.{other[2]}",
        f"{part(header(x=1))}.{told}.{signature}",
    ):
        with pytest.raises(TokenRefused):
            VERIFIER.verify(changed)


@given(st.one_of(st.text(max_size=200), st.from_regex(r"\A[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}\Z")))
def test_no_text_whatever_is_taken_for_a_token(text: str) -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.verify(text)


def test_a_token_of_no_length_or_too_much_is_not_even_looked_at() -> None:
    for text in ("", "a" * (MAXIMUM_LENGTH + 1)):
        with pytest.raises(TokenRefused):
            VERIFIER.verify(text)


def test_a_refusal_is_a_forbidden_with_a_code_of_its_own() -> None:
    assert issubclass(TokenRefused, Forbidden)
    assert TokenRefused().error_code == "token_refused"


def test_keys_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [KEYS["gateway"].as_dict(private=False)]}))
    verifier = Verifier.from_file(file)
    assert verifier.verify(signer("gateway").sign(ACTOR, operation="x")).actor == ACTOR
    with pytest.raises(TokenRefused):
        verifier.verify(signer("cases").as_itself(operation="x"))


def test_services_are_different_actors_and_always_the_same_ones() -> None:
    ids = [system_actor(service).id for service in ("contacts", "cases", "notifications", "audit", "gateway")]
    assert all(one != other for one, other in pairwise(ids))
    assert system_actor("cases").id == system_actor("cases", "city").id
