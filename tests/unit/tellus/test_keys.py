"""Each service signs with a key of its own, and the published set holds no private part."""

import json
import stat
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from deploy.local.identity.people import GATEWAY, client_key_file
from deploy.local.identity.settings import Settings
from deploy.local.keys import (
    AUDIT_LOG_NAME,
    make_audit_log_key,
    make_gateway_client_key,
    make_gateway_session_key,
    make_transaction_keys,
)
from deploy.local.places import Places
from deploy.local.ports import Ports
from deploy.local.suite import SERVICES
from services.gateway.sessions.sealing import Seal


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path / "run", Ports(18000))
    found.make()
    return found


def published(places: Places) -> list[dict[str, str]]:
    keys: list[dict[str, str]] = json.loads((places.keys / "transaction.jwks.json").read_text())["keys"]
    return keys


def test_every_service_has_a_key_under_its_name(places: Places) -> None:
    assert make_transaction_keys(places) == len(SERVICES)
    assert {key["kid"] for key in published(places)} == set(SERVICES)


def test_nothing_private_is_published(places: Places) -> None:
    make_transaction_keys(places)
    assert all("d" not in key for key in published(places))


def test_again_changes_no_key(places: Places) -> None:
    make_transaction_keys(places)
    before = published(places)
    assert make_transaction_keys(places) == 0
    assert published(places) == before


def test_what_a_service_signs_the_published_set_verifies(places: Places) -> None:
    make_transaction_keys(places)
    key = OKPKey.import_key(json.loads((places.secrets / "cases_signing_key").read_text()))
    token = jwt.encode({"alg": "Ed25519", "kid": "cases"}, {"iss": "cases"}, key, algorithms=["Ed25519"])
    keys = KeySet.import_key_set({"keys": published(places)})  # type: ignore[typeddict-item]
    assert jwt.decode(token, keys, algorithms=["Ed25519"]).claims["iss"] == "cases"


def test_the_audit_log_has_a_key_whose_public_half_anyone_may_read(places: Places) -> None:
    assert make_audit_log_key(places)
    secret, public = places.secrets / "audit_log_key", places.keys / "audit_log_key.pub"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert AUDIT_LOG_NAME in public.read_text()
    before = secret.read_text()
    assert not make_audit_log_key(places)
    assert secret.read_text() == before


def test_the_gateway_has_a_key_that_the_identity_provider_knows_it_by(places: Places) -> None:
    settings = Settings.from_environment({"TELLUS_RUN_DIR": str(places.run_dir)})
    registered = make_gateway_client_key(places)
    assert registered == settings.client_keys(GATEWAY)
    secret = client_key_file(settings, GATEWAY)
    assert secret == places.secrets / "gateway_client_key", "where the gateway's settings are read from"
    (public,) = json.loads(registered.read_text())["keys"]
    private = json.loads(secret.read_text())
    assert "d" not in public
    assert {**private, **public} == private
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_the_gateway_has_a_key_that_seals_sessions_and_keeps_it(places: Places) -> None:
    assert make_gateway_session_key(places)
    secret = (places.secrets / "gateway_session_key").read_text()
    seal = Seal.from_setting(secret)
    assert seal.open(seal.seal(b"kept", "test"), "test") == b"kept"
    assert not make_gateway_session_key(places)
    assert (places.secrets / "gateway_session_key").read_text() == secret
