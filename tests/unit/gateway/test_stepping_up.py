"""Whoever must show better who they are is told how, in their issuer's words, and only where it would help."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from services.gateway import deciding
from services.gateway.identity.stepping_up import acr_values
from services.gateway.settings import Issuer
from shared.authz.decisions import PolicyRefused
from shared.authz.model import SUITE, Decision, StepUp
from shared.contracts.gateway.events import AccessDenied
from tests.support.gateway import ISSUER, Gateway

CONTACT = "/v1/contacts/019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01"
ENTRA = Issuer(issuer=ISSUER, kind="by_role", assurance={"urn:pwd": "aal1", "urn:mfa": "aal2", "urn:key": "aal3"})


class AsksForMore:
    """Policies that ask everybody for a fresh second factor."""

    def age_of(self, actor: Any) -> int:
        at = actor.authenticated_at
        return 900 if at is not None and time.time() - at <= 900 else 2**31

    def decide(self, actor: Any, action: str, resource: Any = SUITE, *, age: int) -> Decision:
        del action, resource
        if actor.assurance >= "aal2" and age <= 900:
            return Decision(allowed=True, policies=("open",), fields=frozenset("*"))
        return Decision(allowed=False, policies=("fresh",), fields=frozenset(), step_up=StepUp("aal2", 900))


@pytest.fixture
def asking_for_more(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(deciding, "policies_of", lambda _: AsksForMore())
    deciding._decide.cache_clear()
    yield
    deciding._decide.cache_clear()


@pytest.mark.usefixtures("asking_for_more")
def test_the_challenge_names_what_the_issuer_understands() -> None:
    gateway = Gateway(more={"issuers": (ENTRA,)})
    now = int(time.time())

    reply = gateway.ask("GET", CONTACT, token=gateway.issuer.token("caseworker", acr="urn:pwd", auth_time=now))

    assert (reply.status, reply.json["code"]) == (401, "step_up_required")
    assert reply.headers["www-authenticate"] == (
        'Bearer realm="tellus", error="insufficient_user_authentication", acr_values="urn:mfa urn:key", max_age=900'
    )
    assert reply.json["details"] == {"assurance": "aal2", "max_age": 900}
    assert gateway.owners.asked == []
    (denied,) = gateway.record.events
    assert isinstance(denied, AccessDenied)
    assert (denied.code, denied.policies) == ("step_up_required", ("fresh",))


@pytest.mark.usefixtures("asking_for_more")
@pytest.mark.parametrize(
    "claims",
    [
        {"acr": "urn:mfa", "auth_time": ...},
        {"acr": "urn:mfa", "auth_time": 1},
        {"acr": "urn:mfa", "auth_time": 2**60},
        {"acr": "urn:mfa", "auth_time": "now"},
        {"acr": "aal2", "auth_time": 0},
        {"acr": ["urn:mfa"], "auth_time": True},
        {"acr": ..., "auth_time": ...},
    ],
)
def test_whatever_does_not_say_so_plainly_is_not_fresh(claims: dict[str, Any]) -> None:
    gateway = Gateway(more={"issuers": (ENTRA,)})

    assert gateway.ask("GET", CONTACT, token=gateway.issuer.token("caseworker", **claims)).status == 401


@pytest.mark.usefixtures("asking_for_more")
def test_a_fresh_second_factor_is_enough() -> None:
    gateway = Gateway(more={"issuers": (ENTRA,)})
    token = gateway.issuer.token("caseworker", acr="urn:mfa", auth_time=int(time.time()))

    assert gateway.ask("GET", CONTACT, token=token).status == 200


@pytest.mark.usefixtures("asking_for_more")
def test_a_level_claimed_in_the_query_raises_nothing() -> None:
    gateway = Gateway(more={"issuers": (ENTRA,)})
    token = gateway.issuer.token("caseworker", acr="urn:pwd", auth_time=int(time.time()))

    assert gateway.ask("GET", f"{CONTACT}?acr=aal2&acr_values=urn:mfa", token=token).status == 401


def test_an_owner_that_asks_for_more_is_passed_on_as_a_challenge() -> None:
    def refuse(_: Any) -> Any:
        raise PolicyRefused(policies=["cases.fresh"], step_up={"level": "aal2", "max_age": 60})

    gateway = Gateway(more={"issuers": (ENTRA,)})
    gateway.owners.answer = refuse

    reply = gateway.ask("GET", CONTACT)

    assert reply.status == 401
    assert "max_age=60" in reply.headers["www-authenticate"]
    assert "cases.fresh" not in reply.body.decode()


def test_without_a_name_for_the_level_the_age_is_still_told() -> None:
    assert acr_values(Issuer(issuer=ISSUER), "aal2") == ()
    odd = Issuer(issuer=ISSUER, assurance={'a"b': "aal2", "a b": "aal2", "ok": "aal2"})
    assert acr_values(odd, "aal2") == ("ok",)
