"""What a gateway takes for granted of an issuer, each issuer of ours does."""

import time

import httpx
import pytest

from tests.support.issuers import GATEWAY
from tests.support.relying import Relying


def test_it_says_of_itself_what_a_gateway_needs(relying: Relying) -> None:
    said = relying.discovery
    assert {"authorization_code", "refresh_token", "client_credentials"} <= set(said["grant_types_supported"])
    assert "private_key_jwt" in said["token_endpoint_auth_methods_supported"]
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["response_types_supported"] == ["code"]
    assert said["authorization_response_iss_parameter_supported"] is True
    assert said["backchannel_logout_supported"] is said["backchannel_logout_session_supported"] is True
    assert set(said["acr_values_supported"]) == {"aal1", "aal2"}
    assert {"end_session_endpoint", "revocation_endpoint", "jwks_uri"} <= set(said)


def test_a_person_signs_in_through_the_gateways_own_client(relying: Relying) -> None:
    tokens = relying.sign_in("carl-caseworker")
    access, identity = relying.claims(tokens["access_token"]), relying.claims(tokens["id_token"])
    assert (access["sub"], access["aud"], access["roles"]) == ("carl-caseworker", "tellus", ["caseworker"])
    assert (access["department"], access["acr"], access["client_id"]) == ("city.permits", "aal1", GATEWAY)
    assert (identity["sub"], identity["aud"]) == ("carl-caseworker", GATEWAY)
    assert identity["sid"]
    assert 0 <= time.time() - identity["auth_time"] < 60


def test_a_public_client_needs_its_proof_key_alone(relying: Relying) -> None:
    tokens = relying.sign_in("ada-agent", client_id="tellus-cli")
    assert relying.claims(tokens["access_token"])["client_id"] == "tellus-cli"
    assert "refresh_token" not in tokens


def test_asking_for_more_raises_the_level_within_the_same_session(relying: Relying) -> None:
    before = relying.sign_in("tess-teamlead")
    after = relying.sign_in("tess-teamlead", acr_values="aal2")
    raised = relying.claims(after["access_token"])
    assert (relying.claims(before["access_token"])["acr"], raised["acr"], raised["amr"]) == (
        "aal1",
        "aal2",
        ["pwd", "otp"],
    )
    assert raised["auth_time"] >= relying.claims(before["access_token"])["auth_time"]
    assert relying.claims(after["id_token"])["acr"] == "aal2"


def test_a_fresh_sign_in_can_be_insisted_on(relying: Relying) -> None:
    before = relying.claims(relying.sign_in("tess-teamlead")["access_token"])["auth_time"]
    while int(time.time()) <= before:
        time.sleep(0.05)
    after = relying.claims(relying.sign_in("tess-teamlead", prompt="login")["access_token"])["auth_time"]
    assert after > before


def test_a_system_acts_for_itself_by_its_key(relying: Relying) -> None:
    claims = relying.claims(relying.system("parks-portal"))
    assert (claims["sub"], claims["roles"], claims["department"]) == ("parks-portal", ["system"], "city.parks")


def test_a_refresh_token_is_good_once(relying: Relying) -> None:
    old = relying.sign_in("carl-caseworker")["refresh_token"]
    renewed = relying.token(GATEWAY, grant_type="refresh_token", refresh_token=old).json()
    assert relying.claims(renewed["access_token"])["roles"] == ["caseworker"]
    assert relying.token(GATEWAY, grant_type="refresh_token", refresh_token=old).json()["error"] == "invalid_grant"
    current = renewed["refresh_token"]
    assert relying.token(GATEWAY, grant_type="refresh_token", refresh_token=current).json()["error"] == "invalid_grant"


def test_a_proof_of_somebody_else_is_no_proof(relying: Relying) -> None:
    stranger = relying.issuer.system_key("payments-system")
    answer = relying.token("parks-portal", key=stranger, grant_type="client_credentials", scope="tellus")
    assert answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize("address", ["/v1/session/callback/", "/elsewhere", "@evil.example/v1/session/callback"])
def test_nobody_is_sent_to_an_address_that_is_not_registered(relying: Relying, address: str) -> None:
    asked = {
        "response_type": "code",
        "client_id": GATEWAY,
        "redirect_uri": relying.issuer.gateway + address,
        "scope": "openid",
        "state": "s",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    answer = httpx.get(relying.discovery["authorization_endpoint"], params=asked, trust_env=False)
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "location" not in answer.headers
