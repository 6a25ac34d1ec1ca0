"""Acting for somebody else: only while it is in force, never beyond what was given, and always with both names."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.gateway.identity.acting import Held
from services.gateway.identity.standing import Standing
from shared.authz.token import Verifier
from shared.contracts.actor import Grant, GrantKind
from tests.support.gateway import _SIGNING_KEY, Gateway, Reply

MINE, THEIRS, COLLEAGUE = uuid4(), uuid4(), uuid4()
SECRET, SHARED = uuid4(), uuid4()


@dataclass
class MemoryAuthorities:
    """What is in force."""

    given: dict[tuple[str, UUID], Held] = field(default_factory=dict)

    async def held(self, kind: str, representative: UUID, principal: UUID) -> Held | None:
        assert representative != principal
        return self.given.get((kind, principal))


def gateway() -> Gateway:
    authorities = MemoryAuthorities(
        {
            ("mandate", THEIRS): Held((), "public"),
            ("delegation", COLLEAGUE): Held(("decision_maker",), "city.parks"),
        }
    )
    return Gateway(authorities=authorities)


def ask(gateway: Gateway, whom: object, *roles: str, **claims: Any) -> Reply:
    token = gateway.issuer.token(*roles, **claims)
    return gateway.ask("GET", "/v1/audit/checkpoint", token=token, headers={"tellus-acting-for": str(whom)})


def served(gateway: Gateway) -> Any:
    key = json.loads(_SIGNING_KEY)
    keys = Verifier({"keys": [{name: value for name, value in key.items() if name != "d"}]})
    return keys.verify(gateway.owners.asked[-1].token).actor


def test_a_citizen_acts_for_who_gave_them_a_mandate() -> None:
    door = gateway()
    assert ask(door, THEIRS, "citizen", contact_id=str(MINE)).status == 200
    assert (served(door).contact_id, served(door).on_behalf_of) == (THEIRS, THEIRS)


def test_a_colleague_acts_in_the_roles_that_were_lent_and_no_others() -> None:
    door = gateway()
    assert ask(door, COLLEAGUE, "caseworker").status == 200
    acts = served(door)
    assert (acts.roles, acts.department, acts.on_behalf_of) == (("decision_maker",), "city.parks", COLLEAGUE)


def test_what_keeps_either_out_keeps_out_who_acts() -> None:
    door = gateway()
    me = UUID(door.ask("GET", "/v1/me", roles=("caseworker",)).json["id"])
    mine = Grant(kind=GrantKind.EXCLUDED, resource=SECRET)
    lent = Grant(kind=GrantKind.SPECIFIC, resource=SHARED, role="caseworker")
    emergency = Grant(kind=GrantKind.CHALLENGED, resource=SECRET, role="caseworker")
    door.standings.known[me] = Standing(grants=(mine, Grant(kind=GrantKind.SPECIFIC, resource=MINE, role="agent")))
    door.standings.known[COLLEAGUE] = Standing(grants=(lent, emergency))
    ask(door, COLLEAGUE, "caseworker")
    assert served(door).grants == (mine, lent)


@pytest.mark.parametrize(
    ("whom", "roles", "claims"),
    [
        (MINE, ("citizen",), {"contact_id": str(uuid4())}),
        (COLLEAGUE, ("citizen",), {"contact_id": str(MINE)}),
        (THEIRS, ("citizen",), {}),
        (THEIRS, ("caseworker",), {}),
        (uuid4(), ("caseworker",), {}),
        (THEIRS, ("system",), {}),
    ],
    ids=["no mandate", "another's delegation", "no contact", "no delegation", "nobody", "a system"],
)
def test_nobody_acts_for_whom_they_may_not(whom: UUID, roles: tuple[str, ...], claims: dict[str, Any]) -> None:
    door = gateway()
    reply = ask(door, whom, *roles, **claims)
    assert (reply.status, reply.json["code"]) == (403, "not_acting_for")
    assert door.owners.asked == []


def test_nobody_acts_for_a_colleague_who_left() -> None:
    door = gateway()
    door.standings.known[COLLEAGUE] = Standing(active=False)
    assert ask(door, COLLEAGUE, "caseworker").status == 403


@pytest.mark.parametrize("whom", ["somebody", "", "019c1f0e-6b1a-7c3e-9a54", "' OR 1=1"])
def test_what_is_no_id_is_said_so(whom: str) -> None:
    assert ask(gateway(), whom, "caseworker").status == 422


def test_the_same_key_for_oneself_and_for_another_is_two_commands() -> None:
    door = gateway()
    token = door.issuer.token("caseworker")
    ids = set()
    for more in ({}, {"tellus-acting-for": str(COLLEAGUE)}):
        door.tools.acting._authorities.given[("delegation", COLLEAGUE)] = Held(("caseworker",), "city.permits")  # type: ignore[union-attr]
        door.ask(
            "POST",
            "/v1/contacts/019c1f0e-6b1a-7c3e-9a54-2f6d1b7e8a01/interactions",
            token=token,
            body={"channel": "phone", "direction": "inbound", "subject": "Asked", "body": "x"},
            headers={"idempotency-key": "one-and-the-same", **more},
        )
        ids.add(door.owners.asked[-1].command_id)
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("stands", "roles"),
    [
        (Standing(department="city.parks", roles=("decision_maker", "agent")), ("decision_maker",)),
        (Standing(department="city.parks"), ("decision_maker",)),
        (Standing(department="city.parks", roles=("agent",)), None),
        (Standing(department="city.permits", roles=("decision_maker",)), None),
    ],
    ids=["has it still", "has what an issuer says", "lost it", "moved"],
)
def test_what_was_lent_is_worth_no_more_than_what_its_owner_has_left(
    stands: Standing, roles: tuple[str, ...] | None
) -> None:
    door = gateway()
    door.standings.known[COLLEAGUE] = stands
    reply = ask(door, COLLEAGUE, "caseworker")
    if roles is None:
        assert (reply.status, reply.json["code"]) == (403, "not_acting_for")
    else:
        assert served(door).roles == roles
