"""Keycloak's realm gives the tokens that the gateway is told to trust, to the people that the local provider knows."""

import json
from typing import Any, Final

import pytest
import yaml

from services.gateway.identity.claims import STAFF_ROLES
from services.gateway.settings import Issuer
from tests.architecture.sources import ROOT
from tests.support.composed import containers

FOLDER: Final = ROOT / "deploy" / "compose" / "keycloak"
REALM: Final[dict[str, Any]] = json.loads((FOLDER / "realm.json").read_text())
KNOWN: Final = yaml.safe_load((ROOT / "deploy" / "local" / "identity" / "people.yaml").read_text())
CLIENTS: Final = {client["clientId"]: client for client in REALM["clients"]}
TRUSTED: Final = Issuer.model_validate(json.loads(containers()["gateway"].environment["GATEWAY_ISSUERS"])[0])
(SCOPE,) = REALM["clientScopes"]
CLAIMS: Final = {m["config"].get("claim.name", m["name"]): m["config"] for m in SCOPE["protocolMappers"]}


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
    secrets = {client["secret"] for client in CLIENTS.values() if "secret" in client}
    assert secrets == {"${PAYMENTS_SYSTEM_SECRET}", "${ADDRESS_REGISTER_SYSTEM_SECRET}"}
    given = (FOLDER / "start").read_text()
    assert all(secret.strip("${}") + "=$(</run/secrets/" in given for secret in secrets)


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


def test_tokens_carry_what_the_gateway_reads() -> None:
    assert CLAIMS["audience"]["included.custom.audience"] == TRUSTED.audience
    assert CLAIMS[TRUSTED.roles_claim]["multivalued"] == "true"
    assert {TRUSTED.department_claim, TRUSTED.contact_claim, "subject"} <= set(CLAIMS)
    assert all(config["access.token.claim"] == "true" for config in CLAIMS.values())
    assert REALM["accessTokenLifespan"] <= TRUSTED.max_lifetime_seconds


def test_the_gateway_asks_this_realm_for_its_keys() -> None:
    assert TRUSTED.issuer.endswith(f"/realms/{REALM['realm']}")
    assert TRUSTED.jwks_uri == f"http://keycloak:8080/realms/{REALM['realm']}/protocol/openid-connect/certs"
    (key,) = [k for k in REALM["components"]["org.keycloak.keys.KeyProvider"] if k["providerId"] == "ecdsa-generated"]
    assert (key["config"]["ecdsaEllipticCurveKey"], TRUSTED.algorithms) == (["P-256"], ("ES256",))


def test_nobody_moves_to_another_department_by_themselves() -> None:
    (profile,) = REALM["components"]["org.keycloak.userprofile.UserProfileProvider"]
    attributes = json.loads(profile["config"]["kc.user.profile.config"][0])["attributes"]
    editors = {attribute["name"]: attribute["permissions"]["edit"] for attribute in attributes}
    assert editors["department"] == editors["contact_id"] == editors["username"] == ["admin"]
