"""Systems that call the API: registered by who may, kept in hand by who answers for them, stopped at once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from joserfc.jwk import ECKey, OKPKey

from services.gateway.adapters.standings import ASK
from services.gateway.domain.client_errors import (
    ClientSuspended,
    ClientUnknown,
    KeyKnown,
    KeyNeeded,
    KeyUnusable,
    OwnerUnknown,
    PurposeUnknown,
    RegistrationTooLong,
    ScopeAboveAuthority,
    TooManyKeys,
)
from services.gateway.domain.errors import PeriodImpossible
from services.gateway.identity.standing import CHANNEL
from shared.authz.decisions import PolicyRefused
from shared.clock import now
from shared.contracts.actor import Actor
from shared.contracts.gateway.assignments import DeclareConflict
from shared.contracts.gateway.clients import (
    AddClientKey,
    AmendClient,
    ClientView,
    GetClient,
    ListClients,
    PublicKey,
    RegisterClient,
    RemoveClientKey,
    ResumeClient,
    SuspendClient,
)
from shared.contracts.gateway.staff import DeactivateStaff, RemoveStaff
from shared.errors import Stale
from tests.support.actors import staff
from tests.support.directory import Directory, acting_as


def in_days(days: int) -> datetime:
    return now() + timedelta(days=days)


def new_key() -> PublicKey:
    return PublicKey.model_validate(
        {
            name: value
            for name, value in ECKey.generate_key("P-256", private=True).as_dict(private=False).items()
            if name in PublicKey.model_fields
        }
    )


def strong(*roles: str, department: str = "city", **more: Any) -> Actor:
    """Somebody with a second factor, a moment ago."""
    recently = int(now().timestamp())
    return staff(*roles, department=department, **more).model_copy(
        update={"assurance": "aal2", "authenticated_at": recently}
    )


def wish(**other: Any) -> RegisterClient:
    given: dict[str, Any] = {
        "name": "Parks portal",
        "department": "city.parks",
        "purpose": "service_delivery",
        "scopes": ("cases_read", "cases_write"),
        "expires_at": in_days(300),
        "key": new_key(),
    }
    return RegisterClient(**(given | other))


@pytest.fixture
def administrator() -> Actor:
    return strong("administrator")


@pytest.fixture
def portal(directory: Directory, administrator: Actor) -> ClientView:
    found: ClientView = directory.ask(administrator, wish())
    return found


def test_a_registered_system_is_known_by_its_id_and_told_to_the_world(directory: Directory, portal: ClientView) -> None:
    assert directory.ask(strong("administrator"), GetClient(client_id=portal.id)) == portal
    assert [told.subject for told in directory.told("client.registered.v1")] == [str(portal.id)]
    assert [told.subject for told in directory.told("actor.enrolled.v1")] == [str(portal.id)]
    assert "Parks" not in str(directory.told()), "a name somebody made up is no fact"


def test_to_trust_a_key_takes_a_second_factor(directory: Directory) -> None:
    weak = staff("administrator", department="city", assurance="aal1")
    with pytest.raises(PolicyRefused) as refused:
        directory.ask(weak, wish())
    assert refused.value.details["policies"] == ["gateway.wall-what-gives-power-needs-a-fresh-second-factor"]


@pytest.mark.parametrize("role", ["agent", "caseworker", "case_designer", "auditor", "security_officer", "citizen"])
def test_others_register_nothing(directory: Directory, role: str) -> None:
    with pytest.raises(PolicyRefused):
        directory.ask(strong(role), wish())
    assert directory.told() == []


def test_a_team_lead_registers_what_reads_in_their_own_department(directory: Directory) -> None:
    lead = strong("team_lead", department="city.parks")
    registered = directory.ask(lead, wish(scopes=("cases_read",)))
    assert registered.owner == lead.id
    with pytest.raises(PolicyRefused):
        directory.ask(lead, wish(scopes=("cases_read", "cases_write")))
    with pytest.raises(PolicyRefused):
        directory.ask(lead, wish(scopes=("cases_read",), department="city.permits"))


def test_what_reads_is_not_made_to_write_by_the_way(directory: Directory) -> None:
    lead = strong("team_lead", department="city.parks")
    mine = directory.ask(lead, wish(scopes=("cases_read",)))
    with pytest.raises(ScopeAboveAuthority):
        directory.ask(lead, AmendClient(client_id=mine.id, version=1, scopes=("cases_write",)))


def test_a_system_that_is_not_yours_is_hidden(directory: Directory, portal: ClientView) -> None:
    with pytest.raises(ClientUnknown):
        directory.ask(strong("caseworker", department="city.parks"), GetClient(client_id=portal.id))
    with pytest.raises(ClientUnknown):
        directory.ask(strong("administrator", department="county"), GetClient(client_id=portal.id))
    with pytest.raises(ClientUnknown):
        directory.ask(strong("administrator"), GetClient(client_id=uuid4()))


@pytest.mark.parametrize(
    ("actor", "sees"),
    [
        (strong("administrator"), True),
        (strong("administrator", department="county"), False),
        (strong("auditor", department="county"), True),
        (strong("caseworker", department="city.parks"), False),
    ],
    ids=["in charge", "elsewhere", "oversight", "colleague"],
)
def test_the_list_shows_exactly_what_a_look_would(
    directory: Directory, portal: ClientView, actor: Actor, *, sees: bool
) -> None:
    listed = directory.ask(actor, ListClients()).items
    assert [client.id for client in listed] == ([portal.id] if sees else [])


def test_keys_overlap_so_that_one_can_follow_another(
    directory: Directory, administrator: Actor, portal: ClientView
) -> None:
    two = directory.ask(administrator, AddClientKey(client_id=portal.id, key=new_key()))
    three = directory.ask(administrator, AddClientKey(client_id=portal.id, key=new_key(), expires_at=in_days(30)))
    assert len({key.kid for key in three.keys}) == 3
    with pytest.raises(TooManyKeys):
        directory.ask(administrator, AddClientKey(client_id=portal.id, key=new_key()))
    fewer = directory.ask(administrator, RemoveClientKey(client_id=portal.id, kid=portal.keys[0].kid))
    assert portal.keys[0].kid not in {key.kid for key in fewer.keys}
    assert len(fewer.keys) == len(two.keys)


def test_the_last_key_is_not_removed_but_the_system_suspended(
    directory: Directory, administrator: Actor, portal: ClientView
) -> None:
    with pytest.raises(KeyNeeded):
        directory.ask(administrator, RemoveClientKey(client_id=portal.id, kid=portal.keys[0].kid))
    assert not directory.ask(administrator, SuspendClient(client_id=portal.id, reason="key_lost")).active
    with pytest.raises(ClientSuspended):
        directory.ask(administrator, SuspendClient(client_id=portal.id, reason="key_lost"))
    assert directory.ask(administrator, ResumeClient(client_id=portal.id, reason="key_replaced")).active


def test_security_stops_any_system_and_starts_none(directory: Directory, portal: ClientView) -> None:
    officer = strong("security_officer", department="county")
    assert not directory.ask(officer, SuspendClient(client_id=portal.id, reason="misuse")).active
    with pytest.raises(PolicyRefused):
        directory.ask(officer, ResumeClient(client_id=portal.id, reason="misuse"))


def test_the_same_key_twice_is_said_so(directory: Directory, administrator: Actor) -> None:
    key = new_key()
    mine = directory.ask(administrator, wish(key=key))
    with pytest.raises(KeyKnown):
        directory.ask(administrator, AddClientKey(client_id=mine.id, key=key))


@pytest.mark.parametrize(
    "spoiled",
    [
        {"x": "A" * 43},
        {"y": None},
        {"crv": "Ed25519"},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "OKP", "crv": "P-256", "y": None},
    ],
    ids=",".join,
)
def test_what_is_no_key_is_refused(directory: Directory, administrator: Actor, spoiled: dict[str, Any]) -> None:
    key = PublicKey.model_validate(new_key().model_dump() | spoiled)
    with pytest.raises(KeyUnusable):
        directory.ask(administrator, wish(key=key))
    assert directory.told() == []


def test_an_edwards_key_is_as_good(directory: Directory, administrator: Actor) -> None:
    made = OKPKey.generate_key("Ed25519", private=True).as_dict(private=False)
    key = PublicKey.model_validate({name: made[name] for name in ("kty", "crv", "x")})
    assert directory.ask(administrator, wish(key=key)).keys[0].kid


@pytest.mark.parametrize(
    ("spoiled", "error"),
    [
        ({"purpose": "curiosity"}, PurposeUnknown),
        ({"expires_at": in_days(-1)}, PeriodImpossible),
        ({"expires_at": in_days(400)}, RegistrationTooLong),
    ],
    ids=["purpose", "past", "too long"],
)
def test_bad_input_registers_nothing(
    directory: Directory, administrator: Actor, spoiled: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        directory.ask(administrator, wish(**spoiled))
    assert directory.told() == []


def test_nobody_overwrites_anybody(directory: Directory, administrator: Actor, portal: ClientView) -> None:
    directory.ask(administrator, AmendClient(client_id=portal.id, version=1, name="Parks and gardens"))
    with pytest.raises(Stale):
        directory.ask(administrator, AmendClient(client_id=portal.id, version=1, name="Lakes"))


def test_whoever_answers_for_a_system_works_here(
    directory: Directory, administrator: Actor, portal: ClientView
) -> None:
    with pytest.raises(OwnerUnknown):
        directory.ask(administrator, AmendClient(client_id=portal.id, version=1, owner=uuid4()))
    colleague = directory.provision(department="city.parks")
    amended = directory.ask(administrator, AmendClient(client_id=portal.id, version=1, owner=colleague.id))
    assert amended.owner == colleague.id
    owner = acting_as(colleague, "caseworker")
    assert directory.ask(owner, GetClient(client_id=portal.id)).id == portal.id


@pytest.mark.parametrize("leaving", [DeactivateStaff, RemoveStaff])
def test_who_leaves_leaves_no_system_behind_that_goes_on(
    directory: Directory, administrator: Actor, portal: ClientView, leaving: type[DeactivateStaff | RemoveStaff]
) -> None:
    colleague = directory.provision(department="city.parks")
    theirs = directory.ask(administrator, wish())
    directory.ask(administrator, AmendClient(client_id=theirs.id, version=1, owner=colleague.id))
    directory.ask(administrator, leaving(staff_id=colleague.id, reason="left"))
    assert not directory.ask(administrator, GetClient(client_id=theirs.id)).active
    assert directory.ask(administrator, GetClient(client_id=portal.id)).active, "another's goes on"
    stopped = directory.told("client.changed.v1")[-1]
    assert (stopped.subject, stopped.data["active"], stopped.data["reason"]) == (str(theirs.id), False, "owner_left")


def test_what_keeps_its_owner_out_keeps_out_a_system_at_once(directory: Directory, administrator: Actor) -> None:
    colleague, case = directory.provision(department="city.parks"), uuid4()
    mine = directory.ask(administrator, wish())
    directory.ask(administrator, AmendClient(client_id=mine.id, version=1, owner=colleague.id))
    directory.assign(colleague, "agent")
    heard: list[str] = []
    address = "postgresql://" + directory.engine.url.render_as_string(hide_password=False).partition("://")[2]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        directory.ask(acting_as(colleague, "caseworker"), DeclareConflict(about=case))
        heard += [told.payload for told in connection.notifies(timeout=5, stop_after=2)]
        rows = connection.execute(ASK, [mine.id]).fetchall()
    assert {str(colleague.id), str(mine.id)} <= set(heard)
    assert [(row[5], row[7]) for row in rows] == [("excluded", case)], "its owner's walls, and none of their roles"
