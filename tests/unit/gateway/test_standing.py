"""Who somebody is now: what their token says and what the directory knows, joined as their issuer's setting wants."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from services.gateway.identity.claims import Identity
from services.gateway.identity.standing import (
    MOST_GRANTS,
    Assigned,
    Record,
    Standing,
    StandingEnded,
    actor_of,
    standing_at,
)
from services.gateway.settings import Issuer
from shared.contracts.actor import GrantKind, Kind
from tests.support.gateway import _NOBODY, ISSUER, Gateway

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ID = UUID("019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01")
CASE = UUID("019c1f12-0b7e-7d42-b3a1-5c8e7f6a9d10")
CARL = Identity(Kind.STAFF, ("caseworker",), "city.permits", "aal1", None)


def issuer(**more: str) -> Issuer:
    return Issuer(issuer=ISSUER, kind="staff", **more)


def assigned(
    kind: str = "standard",
    role: str | None = "team_lead",
    about: UUID | None = None,
    begins: datetime = NOW - HOUR,
    ends: datetime | None = None,
) -> Assigned:
    return Assigned(kind, role, about, begins, ends)


def test_an_assignment_counts_from_its_beginning_to_its_end() -> None:
    record = Record(assigned=(assigned(begins=NOW, ends=NOW + HOUR),))
    before, during, after = (standing_at(record, NOW + moment) for moment in (-HOUR, 0 * HOUR, HOUR))

    assert (before.roles, before.until) == ((), NOW)
    assert (during.roles, during.until) == (("team_lead",), NOW + HOUR)
    assert (after.roles, after.until) == ((), None)


def test_grants_name_what_they_are_for() -> None:
    record = Record(
        assigned=(
            assigned("specific", "caseworker", CASE),
            assigned("excluded", None, CASE),
            assigned("challenged", "agent", ID, ends=NOW),
        )
    )
    grants = standing_at(record, NOW).grants
    assert {(g.kind, g.resource, g.role) for g in grants} == {
        (GrantKind.SPECIFIC, CASE, "caseworker"),
        (GrantKind.EXCLUDED, CASE, None),
    }


def test_what_keeps_somebody_out_travels_however_much_lets_them_in() -> None:
    many = tuple(assigned("specific", "agent", uuid5(ID, str(number))) for number in range(MOST_GRANTS))
    grants = standing_at(Record(assigned=(*many, assigned("excluded", None, CASE))), NOW).grants
    assert len(grants) == MOST_GRANTS
    assert GrantKind.EXCLUDED in {grant.kind for grant in grants}


@pytest.mark.parametrize(
    ("setting", "roles"),
    [("token", ("caseworker",)), ("directory", ("team_lead",)), ("both", ("caseworker", "team_lead"))],
)
def test_whose_word_on_roles_counts_is_a_setting(setting: str, roles: tuple[str, ...]) -> None:
    standing = Standing(department="city", roles=("team_lead", "no_role_at_all"))
    assert actor_of(ID, CARL, issuer(roles=setting), standing).roles == roles


def test_the_directory_knows_better_where_somebody_works() -> None:
    assert actor_of(ID, CARL, issuer(), Standing(department="city.parking")).department == "city.parking"
    assert actor_of(ID, CARL, issuer(), Standing()).department == "city.permits"


def test_nobody_inactive_is_anybody() -> None:
    with pytest.raises(StandingEnded):
        actor_of(ID, CARL, issuer(), Standing(active=False, department="city"))


def test_who_must_be_provisioned_is_nobody_until_they_are() -> None:
    with pytest.raises(StandingEnded):
        actor_of(ID, CARL, issuer(directory="required"), Standing())
    assert actor_of(ID, CARL, issuer(directory="required"), Standing(department="city")).id == ID


@pytest.mark.parametrize("kind", [Kind.CITIZEN, Kind.SYSTEM])
def test_a_role_of_staff_never_reaches_anybody_else(kind: Kind) -> None:
    identity = Identity(kind, (kind.value,), "public", "aal1", None)
    standing = Standing(roles=("administrator",), department="city")
    actor = actor_of(ID, identity, issuer(), standing)
    assert (actor.roles, actor.grants) == ((kind.value,), ())


def test_a_remembered_token_is_judged_by_the_standing_of_the_moment() -> None:
    gateway = Gateway()
    token = gateway.issuer.token("agent", sub="carl")
    carl = uuid5(_NOBODY, f"{ISSUER} carl")
    assert gateway.ask("GET", "/v1/me", token=token).json["roles"] == ["agent"]

    gateway.standings.change(carl, Standing(department="city", roles=("team_lead",)))
    assert gateway.ask("GET", "/v1/me", token=token).json["roles"] == ["agent", "team_lead"]
    gateway.standings.change(carl, Standing(active=False, department="city"))
    refused = gateway.ask("GET", "/v1/me", token=token)
    assert (refused.status, refused.json["code"]) == (401, "unauthenticated")
    gateway.standings.change(carl, Standing(department="city"))
    assert gateway.ask("GET", "/v1/me", token=token).status == 200


def test_where_the_standing_cannot_be_known_nobody_is_let_in() -> None:
    gateway = Gateway()
    token = gateway.issuer.token("agent")
    assert gateway.ask("GET", "/v1/me", token=token).status == 200
    gateway.standings.away = True
    assert gateway.ask("GET", "/v1/me", token=token).status == 503
