"""The gateway proves itself by key or by secret, and gets refresh tokens that are good once."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.local.identity.client_keys import ASSERTION_TYPE, assertion, make_client_key, private_key
from deploy.local.identity.people import client_key_file
from deploy.local.identity.refresh_tokens import OFFLINE_LIFE, RefreshTokens
from deploy.local.identity.sessions import SESSION_LIFE, SignedIn
from tests.support.identity import GATEWAY, ISSUER, Visitor, visitor_of


def claims(visitor: Visitor, token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, visitor.provider.keys.verifying_keys(), algorithms=["ES256"]).claims)


def key_of(visitor: Visitor, client_id: str = GATEWAY) -> ECKey:
    return private_key(client_key_file(visitor.provider.settings, client_id))


def test_a_signature_is_as_good_as_the_secret(visitor: Visitor) -> None:
    by_key = visitor.gateway_tokens()
    secret = visitor.provider.directory.clients[GATEWAY].secret or ""
    form = {
        "grant_type": "authorization_code",
        "code": visitor.gateway_code(),
        "redirect_uri": "http://127.0.0.1:18000/v1/session/callback",
        "code_verifier": "a-verifier-that-is-long-enough-to-be-one-0123456789",
    }
    by_secret = visitor.browser.post("/token", data=form, auth=(GATEWAY, secret)).get_json()
    for tokens in (by_key, by_secret):
        assert claims(visitor, tokens["access_token"])["client_id"] == GATEWAY
        assert set(tokens) == {
            "access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type",
        }  # fmt: skip


def test_the_gateway_cannot_leave_its_proof_out(visitor: Visitor) -> None:
    answer = visitor.gateway_exchange(visitor.gateway_code(), client_assertion=None, client_assertion_type=None)
    assert answer.get_json()["error"] == "invalid_client"


def test_two_proofs_in_one_request_are_refused(visitor: Visitor) -> None:
    secret = visitor.provider.directory.clients[GATEWAY].secret or ""
    form = {"grant_type": "refresh_token", "refresh_token": "x", **visitor.proof()}
    answer = visitor.browser.post("/token", data=form, auth=(GATEWAY, secret))
    assert answer.get_json()["error"] == "invalid_request"


def spoilt(visitor: Visitor) -> dict[str, dict[str, str]]:
    """Assertions, each wrong in one way."""
    key, now = key_of(visitor), int(time.time())
    good = {"iss": GATEWAY, "sub": GATEWAY, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": "one of its own"}
    header = {"alg": "ES256", "kid": str(key.kid)}

    def signed(signing: ECKey = key, header: dict[str, str] = header, **changes: Any) -> dict[str, str]:
        told = {name: value for name, value in (good | changes).items() if value is not ...}
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": jwt.encode(header, told, signing)}

    stranger = ECKey.generate_key("P-256", {"kid": str(key.kid), "alg": "ES256", "use": "sig"})
    return {
        "a stranger's key": signed(stranger),
        "another system's key": signed(key_of(visitor, "payments-system"), {"alg": "ES256", "kid": str(key.kid)}),
        "for another server": signed(aud="http://127.0.0.1:1"),
        "over": signed(exp=now - 60),
        "good for too long": signed(exp=now + 3600),
        "without an end": signed(exp=...),
        "without an id": signed(jti=...),
        "of another issuer": signed(iss="payments-system"),
        "of nobody": signed(sub="nobody", iss="nobody"),
        "about a public client": signed(sub="tellus-web", iss="tellus-web"),
        "of another subject": signed(sub=["tellus-gateway"]),
        "noise": {"client_assertion_type": ASSERTION_TYPE, "client_assertion": "a.b.c"},
        "of another kind": visitor.proof() | {"client_assertion_type": "saml"},
        "with another client's name beside it": visitor.proof() | {"client_id": "payments-system"},
    }


def test_every_spoilt_proof_is_refused(visitor: Visitor) -> None:
    token = visitor.gateway_tokens()["refresh_token"]
    for name, proof in spoilt(visitor).items():
        form = {"grant_type": "refresh_token", "refresh_token": token, **proof}
        answer = visitor.browser.post("/token", data=form)
        assert answer.get_json()["error"] == "invalid_client", name
        assert answer.status_code in (400, 401), name
    assert visitor.refresh(token).status_code == 200, "none of them did any harm"


def test_a_proof_is_good_once(visitor: Visitor) -> None:
    proof = visitor.proof()
    first = visitor.refresh(visitor.gateway_tokens()["refresh_token"], **proof)
    again = visitor.refresh(first.get_json()["refresh_token"], **proof)
    assert (first.status_code, again.get_json()["error"]) == (200, "invalid_client")


def test_keys_overlap_while_a_client_changes_them(visitor: Visitor) -> None:
    settings = visitor.provider.settings
    first = key_of(visitor)
    file = client_key_file(settings, GATEWAY)
    file.unlink()
    make_client_key(file, settings.client_keys(GATEWAY))
    second = key_of(visitor)
    assert first.kid != second.kid
    token = visitor.gateway_tokens()["refresh_token"]
    for key in (first, second):
        answer = visitor.refresh(token, **assertion(key, client_id=GATEWAY, audience=ISSUER))
        token = answer.get_json()["refresh_token"]


def test_a_system_may_prove_itself_by_key(visitor: Visitor) -> None:
    form = {"grant_type": "client_credentials", **visitor.proof("parks-portal", f"{ISSUER}/token")}
    token = claims(visitor, visitor.browser.post("/token", data=form).get_json()["access_token"])
    assert (token["sub"], token["roles"], token["department"]) == ("parks-portal", ["system"], "city.parks")


def test_refreshing_gives_new_tokens_of_the_same_sign_in(visitor: Visitor) -> None:
    tokens = visitor.gateway_tokens()
    again = visitor.refresh(tokens["refresh_token"]).get_json()
    assert again["refresh_token"] != tokens["refresh_token"]
    before, after = (claims(visitor, given["access_token"]) for given in (tokens, again))
    assert before["jti"] != after["jti"]
    for claim in ("sub", "sid", "auth_time", "acr", "amr", "roles", "department", "scope"):
        assert before[claim] == after[claim], claim
    renewed = claims(visitor, again["id_token"])
    assert (renewed["sub"], renewed["sid"], renewed["aud"]) == ("carl-caseworker", before["sid"], GATEWAY)
    assert "nonce" not in renewed


def test_a_public_client_gets_no_refresh_token(visitor: Visitor) -> None:
    assert "refresh_token" not in visitor.tokens(scope="openid tellus offline_access")


def test_an_old_refresh_token_ends_the_family(visitor: Visitor) -> None:
    stolen = visitor.gateway_tokens()["refresh_token"]
    current = visitor.refresh(stolen).get_json()["refresh_token"]
    assert visitor.refresh(stolen).get_json()["error"] == "invalid_grant"
    assert visitor.refresh(current).get_json()["error"] == "invalid_grant", "nobody can tell who the thief was"


def test_of_many_who_refresh_at_once_one_wins_and_the_family_ends(visitor: Visitor) -> None:
    token = visitor.gateway_tokens()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visitor_of(visitor.provider).refresh(token), range(8)))
    won = [answer.get_json() for answer in answers if answer.status_code == 200]
    assert len(won) <= 1
    assert all(visitor.refresh(one["refresh_token"]).status_code == 400 for one in won)


@pytest.mark.parametrize("refreshed", [False, True])
def test_a_code_brought_twice_ends_what_it_was_exchanged_for(visitor: Visitor, refreshed: bool) -> None:
    code = visitor.gateway_code()
    token = visitor.gateway_exchange(code).get_json()["refresh_token"]
    if refreshed:
        token = visitor.refresh(token).get_json()["refresh_token"]
    assert visitor.gateway_exchange(code).get_json()["error"] == "invalid_grant"
    assert visitor.refresh(token).get_json()["error"] == "invalid_grant"


def test_a_wider_scope_than_was_granted_is_refused_and_spends_nothing(visitor: Visitor) -> None:
    token = visitor.gateway_tokens(scope="openid tellus")["refresh_token"]
    assert visitor.refresh(token, scope="openid tellus offline_access").get_json()["error"] == "invalid_scope"
    narrower = visitor.refresh(token, scope="tellus").get_json()
    assert narrower["scope"] == "tellus"
    assert "id_token" not in narrower


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.0.c", "a.99999999999999.c", "é.0.é", "." * 9])
def test_what_is_no_refresh_token_is_refused(visitor: Visitor, token: str) -> None:
    assert visitor.refresh(token).get_json()["error"] in {"invalid_grant", "invalid_request"}


def test_another_client_cannot_use_a_refresh_token_nor_end_it(visitor: Visitor) -> None:
    token = visitor.gateway_tokens()["refresh_token"]
    proof = visitor.proof("payments-system")
    assert visitor.refresh(token, **proof).get_json()["error"] == "unauthorized_client"
    other = visitor.browser.post("/revoke", data={"token": token, **visitor.proof("payments-system")})
    assert other.get_json()["error"] == "invalid_grant"
    assert visitor.refresh(token).status_code == 200


def test_a_refresh_token_can_be_taken_back(visitor: Visitor) -> None:
    token = visitor.gateway_tokens()["refresh_token"]
    for _ in range(2):
        assert visitor.browser.post("/revoke", data={"token": token, **visitor.proof()}).status_code == 200
    assert visitor.refresh(token).get_json()["error"] == "invalid_grant"


def test_taking_back_needs_a_proof_and_says_what_it_cannot_take_back(visitor: Visitor) -> None:
    tokens = visitor.gateway_tokens()
    without = visitor.browser.post("/revoke", data={"token": tokens["refresh_token"], "client_id": GATEWAY})
    assert without.get_json()["error"] == "invalid_client"
    access = visitor.browser.post("/revoke", data={"token": tokens["access_token"], **visitor.proof()})
    assert (access.status_code, access.get_json()["error"]) == (400, "unsupported_token_type")
    assert visitor.browser.post("/revoke", data={"token": "unknown", **visitor.proof()}).status_code == 200
    assert visitor.browser.post("/revoke", data=visitor.proof()).get_json()["error"] == "invalid_request"
    assert visitor.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize(("scope", "life"), [("tellus", SESSION_LIFE), ("tellus offline_access", OFFLINE_LIFE)])
def test_a_family_ends_with_its_time(visitor: Visitor, scope: str, life: int) -> None:
    now = [1000.0]
    tokens = RefreshTokens(clock=lambda: now[0])
    somebody = SignedIn(person=visitor.provider.directory.people["ada-agent"], auth_time=1000)
    token = tokens.begin(client_id=GATEWAY, scope=scope, signed_in=somebody)
    now[0] += life - 1
    assert tokens.look(token) is not None
    now[0] += 1
    assert tokens.look(token) is None
