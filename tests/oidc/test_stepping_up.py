"""What needs a better proof of identity says so in words that the issuer understands, and takes the proof it gives."""

import re
import time
from typing import Final
from uuid import uuid4

import pytest

from services.gateway.routes import ROUTES
from tests.support.gateway import Reply
from tests.support.issuers import RunningIssuer
from tests.support.relying import Relying
from tests.support.trusting import Trusting

(EMERGENCY,) = (route for route in ROUTES if route.operation == "challenge_access")
_SAID: Final = re.compile(r'(\w+)=(?:"([^"]*)"|(\d+))')


def break_the_glass(gateway: Trusting, token: str) -> Reply:
    return gateway.ask(
        EMERGENCY.method, EMERGENCY.path, token=token, body=EMERGENCY.example, headers={"Idempotency-Key": uuid4().hex}
    )


def challenge_of(reply: Reply) -> dict[str, str]:
    """What the client is told to ask its issuer for (RFC 9470)."""
    return {name: text or number for name, text, number in _SAID.findall(reply.headers["www-authenticate"])}


@pytest.fixture
def gateway(issuer: RunningIssuer) -> Trusting:
    return Trusting(trusted=(issuer.settings,))


def test_a_password_is_not_enough_and_what_is_asked_for_instead_is(relying: Relying, gateway: Trusting) -> None:
    before = break_the_glass(gateway, relying.sign_in("carl-caseworker")["access_token"])
    assert (before.status, before.json["code"]) == (401, "step_up_required")
    assert gateway.owners.asked == []

    asked = challenge_of(before)
    assert asked["error"] == "insufficient_user_authentication"
    tokens = relying.sign_in("carl-caseworker", acr_values=asked["acr_values"], max_age=asked["max_age"])
    after = break_the_glass(gateway, tokens["access_token"])
    assert after.status < 300, after.body
    assert len(gateway.owners.asked) == 1


def test_the_first_level_afresh_is_not_the_second(relying: Relying, gateway: Trusting) -> None:
    tokens = relying.sign_in("carl-caseworker", prompt="login", acr_values="aal1")
    assert break_the_glass(gateway, tokens["access_token"]).status == 401


def test_renewed_tokens_carry_the_old_proof_and_no_newer_one(relying: Relying) -> None:
    tokens = relying.sign_in("carl-caseworker", acr_values="aal2")
    before = relying.claims(tokens["access_token"])
    while int(time.time()) <= before["iat"]:
        time.sleep(0.05)
    answer = relying.token("tellus-gateway", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    after = relying.claims(answer.json()["access_token"])
    assert (after["auth_time"], after["acr"], after["amr"]) == (before["auth_time"], "aal2", ["pwd", "otp"])
    assert after["iat"] > before["iat"]
