"""Keycloak's realm gives the tokens that the gateway is told to trust, to the people that the local provider knows."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from deploy.compose.make_secrets import make_secrets
from deploy.local.identity.one_time_codes import DIGITS, STEP
from services.gateway.domain.roles import ROLES as STAFF_ROLES
from services.gateway.settings import Issuer
from tests.architecture.sources import ROOT
from tests.support.composed import containers

FOLDER: Final = ROOT / "deploy" / "compose" / "keycloak"
REALM: Final[dict[str, Any]] = json.loads((FOLDER / "realm.json").read_text())
KNOWN: Final = yaml.safe_load((ROOT / "deploy" / "local" / "identity" / "people.yaml").read_text())
CLIENTS: Final = {client["clientId"]: client for client in REALM["clients"]}
TRUSTED: Final = Issuer.model_validate(json.loads(containers()["gateway"].environment["GATEWAY_ISSUERS"])[0])
CONFIDENTIAL: Final = {name for name in CLIENTS if name not in ("tellus-web", "tellus-cli")}
(SCOPE,) = REALM["clientScopes"]
CLAIMS: Final = {m["config"].get("claim.name", m["name"]): m["config"] for m in SCOPE["protocolMappers"]}


def in_capitals(name: str) -> str:
    return name.upper().replace("-", "_")


def test_the_same_clients_are_known() -> None:
    local = {client["id"] for client in KNOWN["clients"]} - {"tellus-demo"}
    assert set(CLIENTS) == local


def test_the_same_people_have_the_same_roles_in_the_same_departments() -> None:
    people = {(p["name"], *p["roles"], p["department"]) for p in KNOWN["people"]}
    systems = {
        (f"service-account-{c['id']}", *c["roles"], c["department"])
        for c in KNOWN["clients"]
        if c["grants"] == ["client_credentials"]
    }
    assert {
        (u["username"], *u["realmRoles"], *u["attributes"]["department"]) for u in REALM["users"]
    } == people | systems


def test_no_password_and_no_secret_is_written_down() -> None:
    assert not [user["username"] for user in REALM["users"] if "credentials" in user]
    assert not [client["clientId"] for client in CLIENTS.values() if "secret" in client]
    assert not re.search(r'"d\\?":', (FOLDER / "realm.json").read_text()), "a private key"


@pytest.mark.parametrize("name", sorted(CONFIDENTIAL))
def test_a_confidential_client_proves_itself_by_a_key_of_its_own(name: str) -> None:
    client = CLIENTS[name]
    said = client["attributes"]
    assert not client["publicClient"]
    assert client["clientAuthenticatorType"] == "client-jwt"
    assert said["token.endpoint.auth.signing.alg"] == "ES256"
    assert (said["use.jwks.string"], said["use.jwks.url"]) == ("true", "false")
    assert said["jwks.string"] == f"${{{in_capitals(name)}_JWKS}}"


def test_the_realm_is_readable_with_the_keys_in_it(tmp_path: Path) -> None:
    """As Keycloak reads it: the variables that its start script sets are put into the text, then it is parsed."""
    make_secrets(tmp_path)
    script = (FOLDER / "start").read_text().replace("/run/secrets", str(tmp_path / "secrets"))
    script = script.replace("exec /opt/keycloak/bin/kc.sh start-dev --import-realm", "env -0")
    told = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout
    variables = dict(line.split("=", 1) for line in told.split("\0") if "=" in line)
    variables |= {"TELLUS_GATEWAY": "http://127.0.0.1:18000"}
    text = re.sub(r"\$\{(\w+)\}", lambda found: variables[found[1]], (FOLDER / "realm.json").read_text())
    clients = {client["clientId"]: client for client in json.loads(text)["clients"]}
    for name in CONFIDENTIAL:
        (public,) = json.loads(clients[name]["attributes"]["jwks.string"])["keys"]
        own = "gateway_client" if name == "tellus-gateway" else name.replace("-", "_")
        private = json.loads((tmp_path / "secrets" / f"{own}_key").read_text())
        assert {**private, **public} == private
        assert "d" not in public
        assert public["alg"] == "ES256"


def test_every_role_of_the_suite_is_a_role_of_the_realm() -> None:
    assert {role["name"] for role in REALM["roles"]["realm"]} == STAFF_ROLES | {"citizen", "system"}


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_client_gets_access_tokens_that_the_gateway_accepts(client: dict[str, Any]) -> None:
    said = client["attributes"]
    assert said["access.token.header.type.rfc9068"] == "true", "the gateway refuses any type but at+jwt"
    assert said["access.token.signed.response.alg"] in TRUSTED.algorithms
    assert client["defaultClientScopes"] == [SCOPE["name"]]
    assert client["fullScopeAllowed"], "or its tokens would carry no role"
    assert not client["directAccessGrantsEnabled"]
    assert not client["implicitFlowEnabled"]


@pytest.mark.parametrize("name", ["tellus-web", "tellus-cli"])
def test_a_public_client_proves_itself_by_pkce_and_returns_where_it_always_did(name: str) -> None:
    (local,) = [client for client in KNOWN["clients"] if client["id"] == name]
    client = CLIENTS[name]
    assert client["publicClient"]
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    assert client["redirectUris"] == [uri.replace("{gateway}", "${TELLUS_GATEWAY}") for uri in local["redirect_uris"]]


def test_the_gateway_signs_people_in_and_is_told_when_they_leave() -> None:
    (local,) = [client for client in KNOWN["clients"] if client["id"] == "tellus-gateway"]
    client = CLIENTS["tellus-gateway"]
    said = client["attributes"]
    assert client["redirectUris"] == [uri.replace("{gateway}", "${TELLUS_GATEWAY}") for uri in local["redirect_uris"]]
    assert said["post.logout.redirect.uris"] == "${TELLUS_GATEWAY}/"
    assert said["pkce.code.challenge.method"] == "S256"
    path = local["backchannel_logout_uri"].removeprefix("{gateway}")
    assert (
        said["backchannel.logout.url"] == f"http://gateway:{containers()['gateway'].environment['GATEWAY_PORT']}{path}"
    )
    assert said["backchannel.logout.session.required"] == "true"
    assert TRUSTED.client_id == "tellus-gateway"
    assert TRUSTED.assurance == {"aal1": "aal1", "aal2": "aal2"}
    gateway, keycloak = (containers()[name].environment for name in ("gateway", "keycloak"))
    assert gateway["GATEWAY_PUBLIC_URL"] == keycloak["TELLUS_GATEWAY"]
    assert keycloak["KC_HOSTNAME_BACKCHANNEL_DYNAMIC"] == "true"
    assert REALM["revokeRefreshToken"]
    assert REALM["refreshTokenMaxReuse"] == 0


def test_no_address_to_return_to_is_a_pattern() -> None:
    for client in CLIENTS.values():
        after = client["attributes"].get("post.logout.redirect.uris", "").split("##")
        assert not [uri for uri in (*client["redirectUris"], *client["webOrigins"], *after) if "*" in uri or uri == "+"]


def test_the_higher_level_asks_for_a_code_and_nobody_gets_around_it() -> None:
    flows = {flow["alias"]: flow["authenticationExecutions"] for flow in REALM["authenticationFlows"]}
    configs = {config["alias"]: config["config"] for config in REALM["authenticatorConfig"]}
    levels = {}
    for step in flows["pages by level"]:
        condition, proof = flows[step["flowAlias"]]
        assert step["requirement"] == "CONDITIONAL"
        assert condition["requirement"] == proof["requirement"] == "REQUIRED"
        assert condition["authenticator"] == "conditional-level-of-authentication"
        method = configs[proof["authenticatorConfig"]]["default.reference.value"]
        level = int(configs[condition["authenticatorConfig"]]["loa-condition-level"])
        levels[level] = (proof["authenticator"], method)
    assert levels == {1: ("auth-username-password-form", "pwd"), 2: ("auth-otp-form", "otp")}
    assert [step["requirement"] for step in flows[REALM["browserFlow"]]] == ["ALTERNATIVE", "ALTERNATIVE"]
    assert json.loads(REALM["attributes"]["acr.loa.map"]) == {"aal1": 1, "aal2": 2}
    assert {"assurance", "methods", "auth_time"} <= set(CLAIMS)


def test_every_step_of_every_flow_exists_once_and_is_used() -> None:
    flows = {flow["alias"]: flow for flow in REALM["authenticationFlows"]}
    steps = [step for flow in flows.values() for step in flow["authenticationExecutions"]]
    assert {step["flowAlias"] for step in steps if step["authenticatorFlow"]} | {REALM["browserFlow"]} == set(flows)
    used = [step["authenticatorConfig"] for step in steps if "authenticatorConfig" in step]
    assert sorted(used) == sorted(config["alias"] for config in REALM["authenticatorConfig"])
    assert [alias for alias, flow in flows.items() if flow["topLevel"]] == [REALM["browserFlow"]]


def test_guessing_is_slowed_down_and_a_code_counts_once() -> None:
    assert REALM["bruteForceProtected"]
    assert REALM["failureFactor"] <= 5
    assert REALM["maxFailureWaitSeconds"] >= 900
    assert (REALM["otpPolicyType"], REALM["otpPolicyDigits"], REALM["otpPolicyPeriod"]) == ("totp", DIGITS, STEP)
    assert REALM["otpPolicyCodeReusable"] is False


def test_tokens_carry_what_the_gateway_reads() -> None:
    assert CLAIMS["audience"]["included.custom.audience"] == TRUSTED.audience
    assert CLAIMS[TRUSTED.roles_claim]["multivalued"] == "true"
    assert {TRUSTED.department_claim, TRUSTED.contact_claim, "subject"} <= set(CLAIMS)
    assert all(config["access.token.claim"] == "true" for config in CLAIMS.values())
    assert REALM["accessTokenLifespan"] <= TRUSTED.max_lifetime_seconds


def test_the_gateway_asks_this_realm_for_its_keys() -> None:
    assert TRUSTED.issuer.endswith(f"/realms/{REALM['realm']}")
    assert TRUSTED.jwks_uri == f"http://keycloak:8080/realms/{REALM['realm']}/protocol/openid-connect/certs"
    assert TRUSTED.discovery == f"http://keycloak:8080/realms/{REALM['realm']}/.well-known/openid-configuration"
    (key,) = [k for k in REALM["components"]["org.keycloak.keys.KeyProvider"] if k["providerId"] == "ecdsa-generated"]
    assert (key["config"]["ecdsaEllipticCurveKey"], TRUSTED.algorithms) == (["P-256"], ("ES256",))


def test_nobody_moves_to_another_department_by_themselves() -> None:
    (profile,) = REALM["components"]["org.keycloak.userprofile.UserProfileProvider"]
    attributes = json.loads(profile["config"]["kc.user.profile.config"][0])["attributes"]
    editors = {attribute["name"]: attribute["permissions"]["edit"] for attribute in attributes}
    assert editors["department"] == editors["contact_id"] == editors["username"] == ["admin"]
