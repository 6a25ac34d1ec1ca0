"""A gateway told only an issuer's address accepts its access tokens and nothing else, through rotation and outage."""

import time

import httpx
import pytest

from tests.support.gateway import Reply, settings_for_tests
from tests.support.issuers import RunningIssuer
from tests.support.relying import Relying
from tests.support.trusting import Trusting

OPAQUE = 'Bearer realm="tellus", error="invalid_token"'


def refused(reply: Reply) -> bool:
    """Whether it got the one answer that every bad token gets."""
    return (reply.status, reply.headers.get("www-authenticate")) == (401, OPAQUE)


def eventually_read(gateway: Trusting, token: str) -> None:
    """The token is accepted as soon as the gateway looks at its issuer's keys again; nobody has to tell it to."""
    deadline = time.monotonic() + 5
    while (reply := gateway.read(token)).status != 200:
        assert time.monotonic() < deadline, reply.body
        time.sleep(0.05)


@pytest.fixture
def gateway(issuer: RunningIssuer) -> Trusting:
    return Trusting(trusted=(issuer.settings,))


@pytest.mark.parametrize(
    ("person", "kind", "roles", "department"),
    [
        ("carl-caseworker", "staff", ["caseworker"], "city.permits"),
        ("abel-administrator", "staff", ["administrator"], "city"),
        ("cleo-citizen", "citizen", ["citizen"], "city"),
    ],
)
def test_people_are_who_their_issuer_says(
    relying: Relying, gateway: Trusting, person: str, kind: str, roles: list[str], department: str
) -> None:
    me = gateway.me(relying.sign_in(person)["access_token"]).json
    assert (me["kind"], me["roles"], me["department"], me["assurance"]) == (kind, roles, department, "aal1")


def test_systems_are_who_their_issuer_says(relying: Relying, gateway: Trusting) -> None:
    me = gateway.me(relying.system("hr-scim")).json
    assert (me["kind"], me["roles"], me["department"]) == ("system", ["system"], "city")


def test_a_second_proof_counts(relying: Relying, gateway: Trusting) -> None:
    me = gateway.me(relying.sign_in("carl-caseworker", acr_values="aal2")["access_token"]).json
    assert me["assurance"] == "aal2"


def test_levels_count_only_where_settings_name_them(relying: Relying, issuer: RunningIssuer) -> None:
    token = relying.sign_in("carl-caseworker", acr_values="aal2")["access_token"]
    unnamed = Trusting(trusted=(issuer.settings.model_copy(update={"assurance": {}}),))
    assert unnamed.me(token).json["assurance"] == "aal1"


def test_a_caseworker_reads_and_is_on_record(relying: Relying, gateway: Trusting) -> None:
    assert gateway.read(relying.sign_in("carl-caseworker")["access_token"]).status == 200
    assert len(gateway.record.events) == 1


def test_every_other_token_of_a_sign_in_is_refused(relying: Relying, gateway: Trusting) -> None:
    tokens = relying.sign_in("carl-caseworker")
    for name in ("id_token", "refresh_token"):
        assert refused(gateway.read(tokens[name])), name
    header, payload, signature = tokens["access_token"].split(".")
    _, other, _ = relying.sign_in("abel-administrator", prompt="login")["access_token"].split(".")
    assert refused(gateway.read(f"{header}.{other}.{signature}"))
    assert refused(gateway.read(f"{header}.{payload}."))
    assert gateway.owners.asked == []


def test_a_token_for_another_audience_is_refused(relying: Relying, issuer: RunningIssuer) -> None:
    another = Trusting(trusted=(issuer.settings.model_copy(update={"audience": "another-suite"}),))
    assert refused(another.read(relying.sign_in("carl-caseworker")["access_token"]))


def test_a_stranger_under_the_issuers_name_is_not_believed(relying: Relying, issuer: RunningIssuer) -> None:
    token = relying.sign_in("carl-caseworker")["access_token"]
    stranger = issuer.settings.model_copy(update={"issuer": issuer.address.replace("127.0.0.1", "localhost")})
    assert refused(Trusting(trusted=(stranger,)).read(token))


def test_one_setting_is_enough(relying: Relying, issuer: RunningIssuer) -> None:
    """What `GATEWAY_ISSUER` alone makes of an address."""
    gateway = Trusting(trusted=settings_for_tests(issuers=(), issuer=issuer.address).issuers)
    me = gateway.me(relying.sign_in("tess-teamlead", acr_values="aal2")["access_token"]).json
    assert (me["roles"], me["assurance"]) == (["team_lead"], "aal2")


def test_tokens_of_before_and_after_a_rotation_are_both_good(own_issuer: RunningIssuer) -> None:
    gateway = Trusting(trusted=(own_issuer.settings,))
    before = Relying(own_issuer).sign_in("carl-caseworker")["access_token"]
    assert gateway.read(before).status == 200
    own_issuer.rotate()
    after = Relying(own_issuer).sign_in("carl-caseworker")["access_token"]
    eventually_read(gateway, after)
    assert gateway.read(before).status == 200
    fresh = Trusting(trusted=(own_issuer.settings,))
    assert (fresh.read(before).status, fresh.read(after).status) == (200, 200)


def test_an_outage_of_the_issuer_leaves_known_keys_good_and_lets_nobody_else_in(own_issuer: RunningIssuer) -> None:
    token = Relying(own_issuer).sign_in("carl-caseworker")["access_token"]
    knows = Trusting(trusted=(own_issuer.settings,), refresh_seconds=0.01)
    assert knows.read(token).status == 200
    newcomer = Trusting(trusted=(own_issuer.settings,))
    own_issuer.stop()
    with pytest.raises(httpx.TransportError):
        httpx.get(own_issuer.address, trust_env=False)

    knows.callers._known.clear()
    assert knows.read(token).status == 200
    asked = time.monotonic()
    reply = newcomer.read(token)
    assert (reply.status, reply.json["code"]) == (503, "issuer_unreachable")
    assert time.monotonic() - asked < 5
    assert newcomer.owners.asked == []

    own_issuer.start()
    eventually_read(newcomer, token)


def test_several_issuers_can_be_trusted_at_once_each_for_its_own(
    relying: Relying, issuer: RunningIssuer, own_issuer: RunningIssuer
) -> None:
    staff = issuer.settings.model_copy(update={"kind": "staff"})
    systems = own_issuer.settings.model_copy(update={"kind": "system"})
    gateway = Trusting(trusted=(staff, systems))
    assert gateway.me(relying.sign_in("carl-caseworker")["access_token"]).json["kind"] == "staff"
    promoted = gateway.me(Relying(own_issuer).sign_in("abel-administrator")["access_token"]).json
    assert (promoted["kind"], promoted["roles"]) == ("system", ["system"]), "an issuer of systems makes nobody staff"
