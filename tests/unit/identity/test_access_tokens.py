"""Access tokens say what an actor may do, to one audience, for a short while, and nothing more."""

import base64
import json
from dataclasses import replace

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.local.identity.access_tokens import OwnTokens, TokenRefused
from deploy.local.identity.people import ROLES, PeopleUnusable, read_directory
from deploy.local.identity.provider import Provider, make_provider
from deploy.local.identity.settings import Settings
from tests.support.identity import ISSUER, Visitor, visitor_of


def read(provider: Provider, token: str) -> jwt.Token:
    return jwt.decode(token, provider.keys.verifying_keys(), algorithms=["ES256"])


def own_token(visitor: Visitor, client_id: str = "payments-system", secret: str | None = None) -> dict[str, str]:
    client = visitor.provider.directory.clients[client_id]
    answer = visitor.browser.post(
        "/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret or client.secret or "")
    )
    return {"status": str(answer.status_code), **answer.get_json()}


def test_a_persons_token_says_exactly_this(visitor: Visitor) -> None:
    token = read(visitor.provider, visitor.tokens("dana-decision-maker")["access_token"])
    claims = dict(token.claims)
    assert token.header["alg"] == "ES256"
    assert token.header["typ"] == "at+jwt"
    assert isinstance(claims.pop("jti"), str)
    assert isinstance(claims.pop("sid"), str)
    issued, expires, signed_in = claims.pop("iat"), claims.pop("exp"), claims.pop("auth_time")
    assert expires - issued == 600
    assert 0 <= issued - signed_in <= 5
    assert claims == {
        "iss": ISSUER,
        "aud": "tellus",
        "sub": "dana-decision-maker",
        "client_id": "tellus-web",
        "scope": "openid tellus",
        "roles": ["decision_maker"],
        "department": "city.permits",
        "acr": "aal1",
        "amr": ["pwd"],
    }


def test_no_two_tokens_share_an_id(visitor: Visitor) -> None:
    ids = {read(visitor.provider, visitor.tokens()["access_token"]).claims["jti"] for _ in range(3)}
    assert len(ids) == 3


def test_the_life_of_a_token_is_a_setting(settings: Settings) -> None:
    visitor = visitor_of(make_provider(replace(settings, token_life=7)))
    tokens = visitor.tokens()
    claims = read(visitor.provider, tokens["access_token"]).claims
    assert claims["exp"] - claims["iat"] == int(tokens["expires_in"]) == 7


def test_a_system_acts_for_itself_with_its_own_secret(visitor: Visitor) -> None:
    answer = own_token(visitor)
    claims = read(visitor.provider, answer["access_token"]).claims
    assert claims["sub"] == claims["client_id"] == "payments-system"
    assert claims["roles"] == ["system"]
    assert "auth_time" not in claims
    assert "refresh_token" not in answer
    assert "id_token" not in answer


def test_a_wrong_secret_and_another_systems_secret_are_refused(visitor: Visitor) -> None:
    other = visitor.provider.directory.clients["address-register-system"].secret
    for secret in ("wrong", other, "é"):
        answer = own_token(visitor, secret=secret)
        assert answer["status"] == "401"
        assert answer["error"] == "invalid_client"


def test_a_public_client_cannot_act_for_itself(visitor: Visitor) -> None:
    data = {"grant_type": "client_credentials", "client_id": "tellus-cli"}
    assert visitor.browser.post("/token", data=data).get_json()["error"] == "invalid_client"
    assert own_token(visitor, "tellus-cli", "guessed")["error"] == "invalid_client"


def test_a_system_cannot_ask_a_person_to_sign_in(visitor: Visitor) -> None:
    answer = visitor.ask(client_id="payments-system")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_system_cannot_use_a_code_without_its_secret(visitor: Visitor) -> None:
    answer = visitor.exchange(visitor.code(), client_id="payments-system")
    assert answer.get_json()["error"] == "invalid_client"


def test_a_token_for_another_audience_is_refused(settings: Settings) -> None:
    elsewhere = make_provider(replace(settings, audience="elsewhere"))
    token = visitor_of(elsewhere).tokens()["access_token"]
    here = OwnTokens(settings.issuer, settings.audience, elsewhere.keys)
    assert OwnTokens(settings.issuer, "elsewhere", elsewhere.keys).claims(token)["aud"] == "elsewhere"
    with pytest.raises(TokenRefused):
        here.claims(token)
    with pytest.raises(TokenRefused):
        OwnTokens(settings.issuer + "/", "elsewhere", elsewhere.keys).claims(token)


def test_user_information_is_what_the_token_says(visitor: Visitor) -> None:
    token = visitor.tokens("cleo-citizen")["access_token"]
    answer = visitor.browser.get("/userinfo", headers={"Authorization": f"bearer {token}"})
    assert answer.get_json() == {"sub": "cleo-citizen", "roles": ["citizen"], "department": "city"}


def test_user_information_needs_the_openid_scope(visitor: Visitor) -> None:
    token = own_token(visitor)["access_token"]
    answer = visitor.browser.get("/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


def forgeries(visitor: Visitor) -> dict[str, str]:
    tokens = visitor.tokens()
    good = tokens["access_token"]
    header, payload, signature = good.split(".")
    claims = read(visitor.provider, good).claims
    signing = visitor.provider.keys.signing_keys().keys[0]
    kid = str(signing.kid)
    stranger = ECKey.generate_key("P-256", {"kid": kid, "alg": "ES256", "use": "sig"})
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).decode().rstrip("=")
    at = {"alg": "ES256", "typ": "at+jwt", "kid": kid}
    assert visitor.provider.own_tokens.claims(jwt.encode(at, dict(claims), signing)), "what is forged here can be made"
    return {
        "an ID token": tokens["id_token"],
        "no algorithm": f"{none}.{payload}.",
        "no signature": f"{header}.{payload}.",
        "another signature": f"{header}.{payload}.{'A' * len(signature)}",
        "a stranger's key under a known name": jwt.encode(at, dict(claims), stranger),
        "an unknown key": jwt.encode(at | {"kid": "../../etc/passwd"}, dict(claims), stranger),
        "an old token": jwt.encode(at, claims | {"exp": 1}, signing),
        "another issuer": jwt.encode(at, claims | {"iss": "http://127.0.0.1:1"}, signing),
        "another audience": jwt.encode(at, claims | {"aud": ["tellus2"]}, signing),
        "no expiry": jwt.encode(at, {name: claims[name] for name in claims if name != "exp"}, signing),
        "no type": jwt.encode({"alg": "ES256", "kid": kid}, dict(claims), signing, default_type=None),
        "nothing": "",
        "noise": "a.b.c",
        "not ASCII": "\N{LATIN SMALL LETTER E WITH ACUTE}.x.y",
    }


def test_every_forgery_is_refused_the_same_way(visitor: Visitor) -> None:
    for name, token in forgeries(visitor).items():
        answer = visitor.browser.get("/userinfo", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, name
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), name
        assert answer.data == b"", name


def test_every_role_has_somebody(provider: Provider) -> None:
    people = {role for person in provider.directory.people.values() for role in person.roles}
    systems = {role for client in provider.directory.clients.values() for role in client.roles}
    assert people | systems == ROLES


def test_a_role_that_does_not_exist_is_reported_with_its_place(settings: Settings) -> None:
    people = settings.keys_dir.parent / "people.yaml"
    people.write_text("people: [{name: eve, roles: [emperor], department: city}]\nclients: []\n", encoding="utf-8")
    with pytest.raises(PeopleUnusable, match=r"people\.yaml: eve has the roles \['emperor'\]; expected some of"):
        read_directory(replace(settings, people=people))
    people.write_text("people: 7\n", encoding="utf-8")
    with pytest.raises(PeopleUnusable, match="expected lists"):
        read_directory(replace(settings, people=people))
