"""Tokens of the local identity provider, fetched and verified as in production: nothing but settings differs."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from deploy.local.identity.settings import Settings
from deploy.local.identity.tokens import forget_tokens, system_token, token_for
from services.gateway.adapters.issuer_doors import HttpDoors
from services.gateway.adapters.issuer_keys import IssuerAnswerUnusable, fetch_keys
from services.gateway.identity.claims import Identity, identity_of
from services.gateway.identity.keys import IssuerUnreachable, KeyRing
from services.gateway.identity.tokens import TokenInvalid, Verified, Verifier
from services.gateway.settings import Issuer
from shared.contracts.actor import Kind
from tellus.main import app
from tests.support.issuing import issuing
from tests.support.processes import free_port


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for name, value in {
        "IDENTITY_DEVELOPMENT": "yes",
        "IDENTITY_PORT": str(free_port()),
        "TELLUS_RUN_DIR": str(tmp_path),
        "TELLUS_SECRETS_DIR": str(tmp_path / "secrets"),
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "secrets").mkdir()
    settings = Settings.from_environment()
    forget_tokens()
    with (tmp_path / "identity.log").open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.identity"], env=os.environ, stdout=out, stderr=out
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{settings.issuer}/readyz").status_code == httpx.codes.OK:
                    break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield settings
        process.terminate()
        process.wait(10)
    forget_tokens()


def verify(issuer: Issuer, token: str) -> Verified:
    ring = KeyRing(issuer.issuer, partial(fetch_keys, issuer), refresh_seconds=300, retry_seconds=10)
    return asyncio.run(Verifier({issuer.issuer: (issuer, ring)}).verify(token))


def who(issuer: Issuer, token: str) -> Identity:
    return identity_of(verify(issuer, token))


def test_its_people_and_systems_are_who_they_say(provider: Settings) -> None:
    issuer = Issuer(issuer=provider.issuer, kind="by_role")

    carl = who(issuer, token_for("carl-caseworker"))
    assert (carl.kind, carl.roles, carl.department) == (Kind.STAFF, ("caseworker",), "city.permits")
    assert who(issuer, token_for("cleo-citizen")).kind is Kind.CITIZEN
    assert who(issuer, system_token("payments-system")).roles == ("system",)


def test_a_token_for_another_audience_or_by_another_issuer_is_refused(provider: Settings) -> None:
    token = token_for("carl-caseworker")
    with pytest.raises(TokenInvalid):
        verify(Issuer(issuer=provider.issuer, audience="another-suite"), token)
    with issuing() as other, pytest.raises(TokenInvalid):
        verify(Issuer(issuer=other.address), token)


def test_the_operator_gets_a_token_by_name(provider: Settings) -> None:
    told = CliRunner().invoke(app, ["token", "carl-caseworker"])
    assert told.exit_code == 0, told.output
    issuer = Issuer(issuer=provider.issuer, kind="by_role")
    assert verify(issuer, told.stdout.strip()).subject == "carl-caseworker"

    as_json = json.loads(CliRunner().invoke(app, ["token", "payments-system", "--json"]).stdout)
    assert verify(issuer, as_json["access_token"]).subject == "payments-system"

    unknown = CliRunner().invoke(app, ["token", "nobody"])
    assert unknown.exit_code == 2
    assert "carl-caseworker" in unknown.stderr


def test_an_issuer_may_be_reached_by_another_address_than_its_name(provider: Settings) -> None:
    """As in containers: browsers come to the name, and the gateway by the way that it is told."""
    inside = provider.issuer.replace("127.0.0.1", "localhost")
    issuer = Issuer(issuer=provider.issuer, kind="by_role", discovery_uri=f"{inside}/.well-known/openid-configuration")
    assert who(issuer, token_for("carl-caseworker")).roles == ("caseworker",)
    assert asyncio.run(HttpDoors().endpoints(issuer)).token == f"{provider.issuer}/token"

    nowhere = issuer.model_copy(update={"discovery_uri": f"{inside}/nowhere"})
    with pytest.raises(IssuerUnreachable):
        asyncio.run(HttpDoors().endpoints(nowhere))
    with pytest.raises(IssuerUnreachable):
        verify(nowhere, token_for("carl-caseworker"))


def test_the_operator_gets_a_level_and_a_code_by_name(provider: Settings) -> None:
    issuer = Issuer(issuer=provider.issuer, kind="by_role", assurance={"aal2": "aal2"})
    told = CliRunner().invoke(app, ["token", "carl-caseworker", "--acr", "aal2"])
    assert who(issuer, told.stdout.strip()).assurance == "aal2"

    code = CliRunner().invoke(app, ["token", "carl-caseworker", "--code"]).stdout.strip()
    assert (len(code), code.isdigit()) == (6, True)

    for arguments in (["carl-caseworker", "--acr", "aal9"], ["hr-scim", "--acr", "aal2"], ["hr-scim", "--code"]):
        refused = CliRunner().invoke(app, ["token", *arguments])
        assert (refused.exit_code, refused.stdout) == (2, ""), refused.output


def test_a_provider_that_does_not_run_is_told_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IDENTITY_PORT", str(free_port()))
    monkeypatch.setenv("TELLUS_RUN_DIR", str(tmp_path))
    forget_tokens()

    told = CliRunner().invoke(app, ["token", "carl-caseworker"])

    assert told.exit_code == 3
    assert "tellus up" in told.stderr


def test_a_discovery_document_of_somebody_else_is_not_believed() -> None:
    with issuing() as issuer:
        elsewhere = issuer.address.replace("127.0.0.1", "localhost")
        with pytest.raises(IssuerAnswerUnusable):
            asyncio.run(fetch_keys(Issuer(issuer=elsewhere)))
        assert b"keys" in asyncio.run(fetch_keys(Issuer(issuer=elsewhere, jwks_uri=f"{issuer.address}/jwks")))
        with pytest.raises(IssuerAnswerUnusable):
            asyncio.run(fetch_keys(Issuer(issuer=issuer.address, jwks_uri=f"{issuer.address}/elsewhere")))
