"""Whoever leaves at their issuer leaves everywhere: each issuer tells the gateway which session is over."""

import queue

import pytest
from joserfc import jws

from tests.support.issuers import GATEWAY
from tests.support.listening import listening
from tests.support.relying import Relying

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def test_the_gateway_is_told_which_session_is_over(relying: Relying) -> None:
    signed_in = relying.claims(relying.sign_in("carl-caseworker")["id_token"])
    with listening(relying.issuer.gateway) as gateway:
        relying.leave()
        path, form = gateway.next()
    (token,) = form["logout_token"]
    assert path == "/v1/session/backchannel_logout"
    assert jws.extract_compact(token.encode()).headers()["typ"] == "logout+jwt"
    said = relying.claims(token)
    assert (said["iss"], said["aud"], said["sid"]) == (relying.issuer.address, GATEWAY, signed_in["sid"])
    assert said["sub"] == "carl-caseworker"
    assert said["events"] == {EVENT: {}}
    assert said["exp"] - said["iat"] <= 300
    assert said["jti"]
    assert "nonce" not in said


def test_the_person_comes_back_to_the_page_they_left_from(relying: Relying) -> None:
    relying.sign_in("carl-caseworker")
    with listening(relying.issuer.gateway):
        assert relying.leave(state="s-1") == f"{relying.issuer.gateway}/?state=s-1"


def test_after_leaving_nobody_is_signed_in(relying: Relying) -> None:
    first = relying.claims(relying.sign_in("carl-caseworker")["id_token"])
    with listening(relying.issuer.gateway):
        relying.leave()
    second = relying.claims(relying.sign_in("carl-caseworker")["id_token"])
    assert second["sid"] != first["sid"]


def test_a_refresh_token_of_a_session_that_is_over_is_no_good(relying: Relying) -> None:
    token = relying.sign_in("carl-caseworker")["refresh_token"]
    with listening(relying.issuer.gateway):
        relying.leave()
    answer = relying.token(GATEWAY, grant_type="refresh_token", refresh_token=token)
    assert answer.json()["error"] == "invalid_grant"


def test_who_took_no_part_is_not_told(relying: Relying) -> None:
    relying.sign_in("carl-caseworker", client_id="tellus-cli")
    with listening(relying.issuer.gateway) as gateway:
        relying.leave()
        with pytest.raises(queue.Empty):
            gateway.next(seconds=0.5)
