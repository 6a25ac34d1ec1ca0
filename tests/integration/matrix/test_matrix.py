"""Every route, every role, every relation, every field: what the services answer is what the page says.

The page is oracle.yaml, written by hand. A new route fails here until the page speaks of it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import pytest

from services.gateway.deciding import decide
from services.gateway.routes import ROUTES
from shared.authz.model import Decision
from shared.contracts.actor import Actor
from shared.contracts.audit import rpc as audit
from shared.contracts.base import Request
from shared.contracts.cases import rpc as cases
from shared.contracts.contacts import rpc as contacts
from shared.contracts.notifications import rpc as notifications
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from tests.support.cases import APPLICATION, word
from tests.support.house import RELATIONS, TYPES, House
from tests.support.oracle import ABSENT, REFUSED, ROLES, Outcome, expected, pages

OWNED: Final = [route for route in ROUTES if route.service != "gateway"]
NEVER_SEEN: Final = 99
Make = Callable[[House, str, str | None], Request[Any]]
ONE: Final[Mapping[str, Make]] = {
    "get_contact": lambda h, r, _: contacts.GetContact(contact_id=h.contacts[r]),
    "amend_contact": lambda h, r, _: contacts.AmendContact(contact_id=h.contacts[r], version=NEVER_SEEN, name="X"),
    "register_contact": lambda *_: contacts.RegisterContact(name="Somebody New"),
    "list_contact_changes": lambda h, r, _: contacts.ListContactChanges(contact_id=h.contacts[r]),
    "record_interaction": lambda h, r, _: contacts.RecordInteraction(
        contact_id=h.contacts[r], channel="phone", subject="Hello"
    ),
    "get_case": lambda h, r, _: cases.GetCase(case_id=h.cases[r]),
    "list_case_events": lambda h, r, _: cases.ListCaseEvents(case_id=h.cases[r]),
    "take_case_event": lambda h, r, _: cases.TakeCaseEvent(case_id=h.cases[r], version=NEVER_SEEN, event="withdraw"),
    "open_case": lambda h, r, _: cases.OpenCase(case_type="street-permit", contact_id=h.contacts[r], data=APPLICATION),
    "get_case_type": lambda _, r, __: cases.GetCaseType(key=r, version=1),
    "add_case_type": lambda h, r, _: cases.AddCaseType(bundle=h.case_type(word(), RELATIONS[r])),
    "activate_case_type": lambda _, r, __: cases.ActivateCaseType(key={"own": "active"}.get(r, "foreign"), version=1),
    "add_template": lambda *_: notifications.AddTemplate(key=word(), subject="Hello", body="Dear ((name))"),
    "get_template": lambda *_: notifications.GetTemplate(key="case-opened"),
    "count_messages": lambda *_: notifications.CountMessages(),
    "get_message": lambda h, r, _: notifications.GetMessage(message_id=h.messages[r]),
    "get_checkpoint": lambda *_: audit.GetCheckpoint(),
    "get_inclusion_proof": lambda *_: audit.GetInclusionProof(index=0),
    "get_consistency_proof": lambda *_: audit.GetConsistencyProof(old_size=1),
    "list_accesses": lambda h, r, _: audit.ListAccesses(contact_id=h.contacts[r]),
}
"""Operations that ask about one record, or about none. What changes something says a version that nobody saw."""
PAGES: Final[Mapping[str, Callable[[House, str], Request[Any]]]] = {
    "find_contacts": lambda _, __: contacts.FindContacts(name="Resident", limit=100),
    "list_cases": lambda _, __: cases.ListCases(limit=100),
    "list_messages": lambda _, __: notifications.ListMessages(limit=100),
    "list_interactions": lambda h, r: contacts.ListInteractions(contact_id=h.contacts[r], limit=100),
    "list_case_types": lambda _, __: cases.ListCaseTypes(limit=100),
    "list_templates": lambda _, __: notifications.ListTemplates(),
    "find_entries": lambda _, __: audit.FindEntries(),
    "list_streams": lambda _, __: audit.ListStreams(),
    "list_gaps": lambda _, __: audit.ListGaps(),
}
"""Operations that answer with a page, in which a record stands or does not."""
NOTHING_SIGNED: Final = {"get_checkpoint", "get_inclusion_proof", "get_consistency_proof"}
"""This log has no checkpoint yet: whoever may ask is told so, and that is no refusal."""
WITHOUT: Final = ("own",)
"""For what is about no record, one relation stands for all."""


def relations_of(operation: str) -> Iterable[str]:
    of = pages()[operation].of
    if of is None:
        return WITHOUT
    if of == "case_type":
        return TYPES
    if of == "opening":
        return ("own", "theirs", "excluded")
    return ("own", "other") if of == "new_case_type" else RELATIONS


def test_the_page_speaks_of_every_route_and_of_nothing_else() -> None:
    owned = {route.operation for route in OWNED}
    assert owned == set(pages())
    assert owned == set(ONE) | set(PAGES)


def test_a_field_that_the_page_speaks_of_is_a_field_of_the_answer() -> None:
    for route in OWNED:
        assert pages()[route.operation].fields <= set(route.item.model_fields), route.operation


@pytest.mark.parametrize("grants", [False, True], ids=["nothing granted", "everything granted"])
@pytest.mark.parametrize("role", ROLES, ids=str)
@pytest.mark.parametrize("operation", [route.operation for route in OWNED])
def test_what_comes_of_asking_is_what_the_page_says(
    house: House, operation: str, role: str | None, *, grants: bool
) -> None:
    actor = house.actor(role, grants=grants)
    came = {r: outcome(house, actor, operation, r, role) for r in relations_of(operation)}
    assert came == {r: expected(operation, role, r, grants=grants) for r in came}


def outcome(house: House, actor: Actor, operation: str, relation: str, role: str | None) -> Outcome:
    """What comes of asking the gateway, and then the owner; where the gateway refuses, the owner does so too."""
    (route,) = (route for route in OWNED if route.operation == operation)
    make = ONE.get(operation)
    request = make(house, relation, role) if make else PAGES[operation](house, relation)
    let_in = decide(actor, route.service, operation).allowed
    owners = _asked(house, actor, request, relation)
    assert let_in or isinstance(owners, str), "the gateway refused, and the owner would have answered"
    return owners if let_in else REFUSED


def _asked(house: House, actor: Actor, request: Request[Any], relation: str) -> Outcome:
    maskable = pages()[request.method].fields
    try:
        answer = house.ask(actor, request)
    except (Conflict, Invalid):
        return maskable  # it was allowed: only, nobody ever saw that version, or it is done already
    except NotFound as error:
        return maskable if request.method in NOTHING_SIGNED and "refused" not in error.details else ABSENT
    except Forbidden:
        return REFUSED
    if request.method not in PAGES:
        return _shown(answer, maskable)
    if pages()[request.method].of is None:
        return maskable
    row = next((item for item in answer["items"] if _is(house, request.method, relation, item)), None)
    return ABSENT if row is None else _shown(row, maskable)


def _is(house: House, operation: str, relation: str, item: Mapping[str, Any]) -> bool:
    if operation == "list_case_types":
        return (item["key"], item["version"]) == (relation, 1)
    wanted = {
        "find_contacts": house.contacts,
        "list_cases": house.cases,
        "list_messages": house.messages,
        "list_interactions": house.interactions,
    }
    return bool(item["id"] == str(wanted[operation][relation]))


def _shown(view: Mapping[str, Any], maskable: frozenset[str]) -> frozenset[str]:
    if not maskable:
        return maskable
    if "items" in view:  # the history of a case: its second line is the step that said everything there is to say
        return _shown(view["items"][1], maskable)
    shown = frozenset(name for name in maskable if view.get(name) not in (None, [], {}))
    assert set(view.get("hidden", ())) == maskable - shown, "what is hidden is named, and what is named is hidden"
    return shown


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_what_is_nowhere_is_refused_as_what_is_hidden(house: House, role: str | None) -> None:
    """Same code, same words, same details but for the policies, which go no further than the gateway."""
    actor = house.actor(role, grants=True)
    for operation, name in (("get_contact", "contact_id"), ("get_case", "case_id"), ("get_message", "message_id")):
        request_class = type(ONE[operation](house, "own", role))
        kept = {"contact_id": house.contacts, "case_id": house.cases, "message_id": house.messages}[name]
        told = {
            (type(error), error.error_code, error.message, *(set(error.details) - {"refused"}))
            for id in (new_id(), *kept.values())
            if (error := _refusal(house, actor, request_class(**{name: id}))) is not None
        }
        assert len(told) == 1, "excluded ones always are hidden"


def _refusal(house: House, actor: Actor, request: Request[Any]) -> NotFound | None:
    try:
        house.ask(actor, request)
    except NotFound as error:
        return error
    except Forbidden:
        return None
    return None


class Deciding:
    """What an owner would be that takes the gateway's word: everything is allowed, and everything shown."""

    def __init__(self, _: object, actor: Actor) -> None:
        self.actor = actor

    def decide(self, *_: object, **__: object) -> Decision:
        return Decision(allowed=True, policies=(), fields=frozenset({"*"}), roles=frozenset(self.actor.roles))

    require = decide

    def knock(self, _: str) -> None:
        return None


@pytest.mark.parametrize("operation", [r.operation for r in OWNED if r.operation not in NOTHING_SIGNED])
def test_an_owner_that_no_longer_decides_is_found_out(
    house: House, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (
        "services.contacts.adapters.unit_of_work",
        "services.cases.adapters.unit_of_work",
        "services.notifications.adapters.unit_of_work",
        "services.audit.adapters.looking",
    ):
        monkeypatch.setattr(f"{module}.ActorPermissions", Deciding)
    assert any(not _as_the_page_says(house, operation, role) for role in ROLES), "nobody would notice"


def _as_the_page_says(house: House, operation: str, role: str | None) -> bool:
    actor = house.actor(role, grants=True)
    try:
        came = {r: outcome(house, actor, operation, r, role) for r in relations_of(operation)}
    except AssertionError:
        return False
    return came == {r: expected(operation, role, r, grants=True) for r in came}
