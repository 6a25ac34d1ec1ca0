"""A transaction token is reused only for the very same question, and only while most of its life is left."""

import json
import time

import pytest
from joserfc.jwk import OKPKey

from services.gateway.minting import REUSED_SECONDS, Mint
from shared.authz.token import LIFETIME_SECONDS, Signer, Verifier
from tests.support.actors import staff

KEY = OKPKey.generate_key("Ed25519", {"kid": "gateway"}, private=True)
AGENT = staff("agent")


def mint() -> Mint:
    return Mint(Signer("gateway", json.dumps(KEY.as_dict(private=True))))


def test_the_same_question_is_asked_with_the_same_token_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, start, wall = mint(), time.monotonic(), time.time()
    first = tokens.token(AGENT, "get_contact")
    assert tokens.token(AGENT, "get_contact") == first

    monkeypatch.setattr(time, "monotonic", lambda: start + REUSED_SECONDS + 1)
    monkeypatch.setattr(time, "time", lambda: wall + REUSED_SECONDS + 1)
    assert tokens.token(AGENT, "get_contact") != first
    assert REUSED_SECONDS < LIFETIME_SECONDS / 2


def test_another_question_actor_or_purpose_has_a_token_of_its_own() -> None:
    tokens = mint()
    given = {
        tokens.token(AGENT, "get_contact"),
        tokens.token(AGENT, "amend_contact"),
        tokens.token(AGENT.model_copy(update={"purpose": "subject_access"}), "get_contact"),
        tokens.token(AGENT.model_copy(update={"roles": ("auditor",)}), "get_contact"),
        tokens.token(staff("agent"), "get_contact"),
    }
    assert len(given) == 5
    verifier = Verifier({"keys": [KEY.as_dict(private=False)]})
    assert verifier.verify(tokens.token(AGENT, "get_contact")).actor == AGENT
