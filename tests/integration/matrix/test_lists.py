"""A list is what a look is: for any roles, any department, anything granted and anything kept from somebody."""

from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.contracts.actor import Actor, Grant, GrantKind, Kind
from shared.contracts.base import Request
from shared.contracts.cases.rpc import GetCase, ListCases, SeeCases
from shared.contracts.contacts.rpc import FindContacts, GetContact, ListInteractions, SeeContacts, SeeInteractions
from shared.contracts.notifications.rpc import GetMessage, ListMessages, SeeMessages
from shared.errors import Forbidden, NotFound
from tests.support.house import ASKING, RELATIONS, House
from tests.support.oracle import ROLES

SOME = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
STAFF = [role for role in ROLES if role not in (None, "citizen", "system")]
GRANTED = st.tuples(
    st.sampled_from(list(GrantKind)),
    st.sampled_from(["contacts", "cases"]),
    st.sampled_from(list(RELATIONS)),
    st.sampled_from(["caseworker", "agent", "auditor", "campaign_officer", "decision_maker", "privacy_officer"]),
)
ACTORS = st.tuples(
    st.sets(st.sampled_from(STAFF), max_size=3),
    st.sampled_from(sorted({*RELATIONS.values(), "city.tax"})),
    st.lists(GRANTED, max_size=5),
    st.sampled_from(["service_delivery", "oversight", "campaign", "process_design"]),
)
Drawn = tuple[set[str], str, list[tuple[GrantKind, str, str, str]], str]


def actor(house: House, drawn: Drawn) -> Actor:
    roles, department, granted, purpose = drawn
    grants = tuple(
        Grant(kind=kind, resource=getattr(house, noun)[relation], role=None if kind is GrantKind.EXCLUDED else role)
        for kind, noun, relation, role in granted
    )
    return Actor(
        id=ASKING, kind=Kind.STAFF, roles=tuple(roles), department=department, purpose=purpose, grants=grants
    )  # fmt: skip


def citizen(house: House, relation: str | None) -> Actor:
    contact = house.contacts[relation] if relation else None
    return Actor(
        id=ASKING, kind=Kind.CITIZEN, roles=("citizen",), department="city", contact_id=contact, purpose="casework"
    )


def everything(house: House, asking: Actor, request: Request[Any]) -> list[dict[str, Any]] | None:
    """Every item of a list, a few at a time; None where it is refused."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        try:
            page = house.ask(asking, request.model_copy(update={"limit": 4, "cursor": cursor}))
        except (Forbidden, NotFound):
            return None
        found += page["items"]
        assert len(page["items"]) == 4 or page["next"] is None, "a page that stops short tells of what is hidden"
        if (cursor := page["next"]) is None:
            return found


def looked(house: House, asking: Actor, request: Request[Any]) -> dict[str, Any] | None:
    try:
        answer: dict[str, Any] = house.ask(asking, request)
    except (Forbidden, NotFound):
        return None
    return answer


def same(listed: dict[str, Any], seen: dict[str, Any]) -> bool:
    """What stands in both is the same in both, but for what a list never tells."""
    return all(
        seen[name] == value for name, value in listed.items() if name in seen and name not in ("hidden", "attempts")
    )


def check(house: House, asking: Actor) -> None:
    listed = everything(house, asking, ListCases()) or []
    seen = {id: looked(house, asking, GetCase(case_id=id)) for id in house.cases.values()}
    _same_rows(listed, seen)
    assert house.ask(asking, SeeCases(ids=tuple(house.cases.values())))["visible"] is not None
    _sights(house, asking, SeeCases, seen)

    messages = everything(house, asking, ListMessages()) or []
    seen = {id: looked(house, asking, GetMessage(message_id=id)) for id in house.messages.values()}
    _same_rows(messages, seen)
    _sights(house, asking, SeeMessages, seen)

    found = everything(house, asking, FindContacts(name="Resident"))
    seen = {id: looked(house, asking, GetContact(contact_id=id)) for id in house.contacts.values()}
    _sights(house, asking, SeeContacts, seen)
    if found is not None:
        named = {id: view for id, view in seen.items() if view is not None and "name" not in view["hidden"]}
        assert {UUID(row["id"]) for row in found} <= set(named)
        assert all(same(row, named[UUID(row["id"])]) for row in found)
        if not {"auditor"} & {*asking.roles, *(grant.role for grant in asking.grants)}:
            assert {UUID(row["id"]) for row in found} == set(named), "whoever may look, and may search, finds"

    for relation, contact in house.contacts.items():
        said = everything(house, asking, ListInteractions(contact_id=contact))
        visible = house.ask(asking, SeeInteractions(ids=(house.interactions[relation],)))["visible"]
        if said is not None:
            theirs = [row["id"] for row in said if row["id"] == str(house.interactions[relation])]
            assert theirs == visible


def _same_rows(listed: list[dict[str, Any]], seen: dict[UUID, dict[str, Any] | None]) -> None:
    rows = {UUID(row["id"]): row for row in listed if UUID(row["id"]) in seen}
    assert len(listed) == len({row["id"] for row in listed})
    assert set(rows) == {id for id, view in seen.items() if view is not None}
    for id, row in rows.items():
        view = seen[id]
        assert view is not None
        assert same(row, view)


def _sights(house: House, asking: Actor, request: Any, seen: dict[UUID, dict[str, Any] | None]) -> None:
    visible = house.ask(asking, request(ids=tuple(seen)))["visible"]
    assert {UUID(id) for id in visible} == {id for id, view in seen.items() if view is not None}


@SOME
@example(
    drawn=({"auditor"}, "city.permits", [(GrantKind.SPECIFIC, "contacts", "other", "caseworker")], "service_delivery")
)
@example(drawn=(set(), "county", [(GrantKind.SPECIFIC, "cases", "own", "auditor")], "oversight"))
@example(
    drawn=(
        {"caseworker"},
        "city",
        [(GrantKind.EXCLUDED, "contacts", "own", "agent"), (GrantKind.CHALLENGED, "cases", "own", "agent")],
        "service_delivery",
    )
)
@given(drawn=ACTORS)
def test_a_list_is_what_looks_would_show(house: House, drawn: Drawn) -> None:
    check(house, actor(house, drawn))


def test_a_citizens_list_is_their_own_and_nobodys_where_they_are_nobody(house: House) -> None:
    for relation in (*RELATIONS, None):
        check(house, citizen(house, relation))
