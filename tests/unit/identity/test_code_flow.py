"""A code goes back only to who asked, works once, and only with its proof."""

from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, KeySetSerialization

from deploy.local.identity.codes import AuthorizationCode, Codes
from deploy.local.identity.provider import Provider
from deploy.local.identity.sessions import SignedIn
from tests.support.identity import ISSUER, REDIRECT, VERIFIER, Visitor, returned, visitor_of


def published(visitor: Visitor) -> KeySet:
    return KeySet.import_key_set(cast("KeySetSerialization", visitor.browser.get("/jwks").get_json()))


def test_the_right_password_and_proof_give_tokens_that_the_published_keys_verify(visitor: Visitor) -> None:
    tokens = visitor.tokens()
    access = jwt.decode(tokens["access_token"], published(visitor), algorithms=["ES256"])
    assert access.header["typ"] == "at+jwt"
    assert access.claims["sub"] == "carl-caseworker"
    assert tokens["token_type"] == "Bearer"


def test_state_and_issuer_come_back_with_the_code(visitor: Visitor) -> None:
    answer = returned(visitor.answer(visitor.ask(state="a b&c=d")))
    assert answer["state"] == "a b&c=d"
    assert answer["iss"] == ISSUER


def test_the_id_token_carries_the_nonce_and_who_it_is_for(visitor: Visitor) -> None:
    token = jwt.decode(visitor.tokens()["id_token"], published(visitor), algorithms=["ES256"])
    assert token.header["typ"] == "JWT"
    assert token.claims["nonce"] == "the nonce"
    assert token.claims["aud"] == "tellus-web"
    assert token.claims["iss"] == ISSUER
    assert set(token.claims) == {
        "iss", "sub", "aud", "exp", "iat", "nonce", "auth_time", "acr", "amr", "sid", "at_hash",
    }  # fmt: skip


def test_without_openid_there_is_no_id_token(visitor: Visitor) -> None:
    assert "id_token" not in visitor.tokens(scope="tellus")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain", "code_challenge": VERIFIER},
        {"code_challenge_method": "s256"},
        {"code_challenge": "short"},
        {"code_challenge": ""},
    ],
)
def test_a_request_without_a_strong_proof_is_refused_before_anyone_signs_in(
    visitor: Visitor, changes: dict[str, str | None]
) -> None:
    answer = returned(visitor.ask(**changes))
    assert answer["error"] == "invalid_request"
    assert answer["state"] == "the state"
    assert answer["iss"] == ISSUER
    assert "code" not in answer


def test_dropping_the_proof_between_page_and_form_is_refused(visitor: Visitor) -> None:
    page = visitor.ask()
    weaker = visitor.question(code_challenge=None, code_challenge_method=None)
    form = {"person": "carl-caseworker", "password": visitor.provider.password}
    answer = visitor.browser.post("/authorize", query_string=weaker, data=form)
    assert page.status_code == 200
    assert returned(answer)["error"] == "invalid_request"


@pytest.mark.parametrize("verifier", [None, "", "x" * 43, VERIFIER + "x", VERIFIER.upper(), "short"])
def test_a_wrong_or_missing_verifier_gives_no_token(visitor: Visitor, verifier: str | None) -> None:
    answer = visitor.exchange(visitor.code(), code_verifier=verifier)
    assert answer.status_code == 400
    assert answer.get_json()["error"] in {"invalid_grant", "invalid_request"}


def test_a_failed_exchange_uses_the_code_up(visitor: Visitor) -> None:
    code = visitor.code()
    visitor.exchange(code, code_verifier="x" * 43)
    assert visitor.exchange(code).get_json()["error"] == "invalid_grant"


def test_a_code_works_once(visitor: Visitor) -> None:
    code = visitor.code()
    assert visitor.exchange(code).status_code == 200
    again = visitor.exchange(code)
    assert again.status_code == 400
    assert again.get_json()["error"] == "invalid_grant"


def test_of_many_exchanges_at_once_one_wins(provider: Provider) -> None:
    visitor = visitor_of(provider)
    code = visitor.code()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visitor_of(provider).exchange(code).status_code, range(8)))
    assert sorted(answers) == [200] + [400] * 7


def test_a_code_is_good_for_its_own_client_only(visitor: Visitor) -> None:
    answer = visitor.exchange(visitor.code(), client_id="tellus-demo")
    assert answer.get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize(("waited", "good"), [(59.9, True), (60.1, False)])
def test_a_code_is_good_for_a_minute(provider: Provider, waited: float, good: bool) -> None:
    now = [1000.0]
    codes = Codes(clock=lambda: now[0])
    person = provider.directory.people["ada-agent"]
    codes.keep(
        AuthorizationCode(
            code="code",
            client_id="tellus-web",
            redirect_uri=REDIRECT,
            scope="tellus",
            nonce=None,
            code_challenge="",
            code_challenge_method="S256",
            signed_in=SignedIn(person=person, auth_time=1),
        )
    )
    now[0] += waited
    assert (codes.take("code", client_id="tellus-web") is not None) is good


@pytest.mark.parametrize(
    "address",
    [
        REDIRECT + "/",
        REDIRECT + "?x=1",
        REDIRECT + "/../evil",
        REDIRECT.replace("docs", "d%6Fcs"),
        REDIRECT.replace("http://", "https://"),
        REDIRECT.replace("127.0.0.1", "127.0.0.1.evil.example"),
        REDIRECT.replace("127.0.0.1", "127.0.0.1@evil.example"),
        REDIRECT.replace("127.0.0.1", "localhost"),
        REDIRECT.upper(),
        "http://evil.example/",
        "javascript:alert(1)",
        "//evil.example",
        "",
    ],
)
def test_an_address_that_is_not_exactly_registered_is_never_gone_to(visitor: Visitor, address: str) -> None:
    answer = visitor.ask(redirect_uri=address)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "evil" not in answer.text


def test_a_request_without_an_address_or_with_an_unknown_client_goes_nowhere(visitor: Visitor) -> None:
    for changes in ({"redirect_uri": None}, {"client_id": "nobody"}, {"client_id": None}):
        answer = visitor.ask(**changes)
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def test_the_address_must_be_the_same_at_the_exchange(visitor: Visitor) -> None:
    other = "http://127.0.0.1:18000/signed-in"
    answer = visitor.exchange(visitor.code(), redirect_uri=other)
    assert answer.get_json()["error"] == "invalid_grant"
    assert visitor.exchange(visitor.code(), redirect_uri=None).get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize("kind", ["token", "id_token", "code id_token", "none", "CODE"])
def test_only_the_code_response_is_given(visitor: Visitor, kind: str) -> None:
    answer = returned(visitor.ask(response_type=kind))
    assert answer["error"] == "unsupported_response_type"
    assert answer["iss"] == ISSUER


def test_a_parameter_sent_twice_is_refused(visitor: Visitor) -> None:
    question = list(visitor.question().items())
    for name in ("client_id", "redirect_uri", "scope", "state", "code_challenge"):
        answer = visitor.browser.get("/authorize", query_string=[*question, (name, "other")])
        assert answer.status_code in {302, 400}, name
        assert "code=" not in answer.headers.get("Location", ""), name


def test_an_unknown_scope_is_refused(visitor: Visitor) -> None:
    assert returned(visitor.ask(scope="tellus everything"))["error"] == "invalid_scope"


def test_codes_and_secrets_in_the_address_of_the_token_endpoint_are_refused(visitor: Visitor) -> None:
    code = visitor.code()
    answer = visitor.browser.post("/token", query_string={"code": code, "grant_type": "authorization_code"})
    assert answer.status_code == 400
    assert visitor.exchange(code).status_code == 200


@pytest.mark.parametrize("grant", ["password", "implicit", "", None])
def test_other_grants_are_refused(visitor: Visitor, grant: str | None) -> None:
    answer = visitor.exchange(visitor.code(), grant_type=grant)
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "unsupported_grant_type"
