"""A contacts store in memory, for tests without a socket. The same suite runs on it and on the real one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.contacts.application.ports import Change, Terms, UnitOfWork
from services.contacts.domain.contact import Contact, Origin
from services.contacts.domain.errors import ContactExists, ContactUnknown
from services.contacts.domain.interaction import Interaction
from services.contacts.domain.naming import fold
from shared.authz.decisions import ActorPermissions, policies_of
from shared.authz.reach import CONTACT, DEPARTMENT, Reach, within
from shared.call import AlreadyDone, Call
from shared.contracts.base import Event
from shared.persistence import paging
from tests.support.contacts import Told

R = TypeVar("R", bound=BaseModel)


@dataclass
class State:
    """All that is kept."""

    contacts: dict[UUID, Contact] = field(default_factory=dict)
    changes: dict[UUID, list[Change]] = field(default_factory=dict)
    interactions: list[Interaction] = field(default_factory=list)
    commands: dict[UUID, bytes] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    def copy(self) -> "State":
        """What a transaction works on."""
        changes = {contact: list(lines) for contact, lines in self.changes.items()}
        return State(dict(self.contacts), changes, list(self.interactions), dict(self.commands), list(self.told))


class MemoryStore:
    """One store."""

    def __init__(self) -> None:
        self.state = State()

    def unit_of_work(self, call: Call) -> UnitOfWork:
        return MemoryUnitOfWork(self, call)

    def told(self) -> list[Told]:
        return self.state.told


class MemoryContacts:
    """Resembling names are not found here: that is the real store's own art."""

    def __init__(self, state: State) -> None:
        self._kept = state.contacts

    def get(self, id: UUID) -> Contact:
        if id not in self._kept:
            raise ContactUnknown
        return replace(self._kept[id], facts=[])

    lock = get

    def among(self, ids: Sequence[UUID]) -> Sequence[Contact]:
        return [self.get(id) for id in ids if id in self._kept]

    def add(self, contact: Contact) -> None:
        if contact.origin and (existing := self.from_origin(contact.origin)):
            raise ContactExists(contact_id=str(existing))
        self.save(contact)

    def save(self, contact: Contact) -> None:
        self._kept[contact.id] = replace(contact, facts=[])

    def from_origin(self, origin: Origin) -> UUID | None:
        return next((contact.id for contact in self._kept.values() if contact.origin == origin), None)

    def find(self, terms: Terms, reach: Reach, limit: int, after: str | None) -> tuple[Sequence[Contact], str | None]:
        position = tuple(paging.decode(after, int, str, UUID)) if after is not None else (-1,)
        rows = [
            (*_place(contact, terms), contact) for contact in self._kept.values() if _matches(contact, terms, reach)
        ]
        rows = sorted((row for row in rows if row[:3] > position), key=lambda row: row[:3])
        kept, following = paging.page(rows[: limit + 1], limit, lambda row: row[:3])
        return [self.get(row[3].id) for row in kept], following


def _matches(contact: Contact, terms: Terms, reach: Reach) -> bool:
    details = contact.details
    return (
        reached({contact.id}, contact.department, contact.id, reach)
        and (terms.name is None or fold(details.name).startswith(terms.name))
        and terms.email in (None, details.email)
        and terms.phone in (None, details.phone)
        and terms.reference in (None, contact.reference)
    )


def _place(contact: Contact, terms: Terms) -> tuple[int, str, UUID]:
    folded = fold(contact.details.name)
    return (0 if terms.name in (None, folded) else 1, folded[:40] if terms.name else "", contact.id)


def reached(named: set[UUID | None], department: str, contact: UUID, reach: Reach) -> bool:
    """Whether a row is within reach; a grant may name it by any of `named`."""
    if named.intersection(reach.excluded):
        return False
    ways = {DEPARTMENT: within(department, reach.department), CONTACT: contact == reach.contact_id}
    related = any(all(ways[way] for way in relation) for relation in reach.relations)
    return related or bool(named.intersection(reach.granted))


class MemoryChanges:
    def __init__(self, state: State) -> None:
        self._kept = state.changes

    def add(self, contact_id: UUID, change: Change) -> None:
        self._kept.setdefault(contact_id, []).append(change)

    def of(self, contact_id: UUID, limit: int, after: str | None) -> tuple[Sequence[Change], str | None]:
        before = paging.decode(after, int)[0] if after is not None else 2**31
        found = [change for change in reversed(self._kept.get(contact_id, [])) if change.version < before]
        return paging.page(found[: limit + 1], limit, lambda change: (change.version,))


class MemoryInteractions:
    def __init__(self, state: State) -> None:
        self._kept = state.interactions

    def add(self, interaction: Interaction) -> None:
        self._kept.append(interaction)

    def among(self, ids: Sequence[UUID]) -> Sequence[Interaction]:
        return [interaction for interaction in self._kept if interaction.id in ids]

    def of(
        self, contact_id: UUID, reach: Reach, limit: int, after: str | None
    ) -> tuple[Sequence[Interaction], str | None]:
        theirs = (i for i in self._kept if i.contact_id == contact_id)
        found = [i for i in theirs if reached({i.id, contact_id, i.case_id}, i.department, contact_id, reach)]
        found.sort(key=lambda i: (i.occurred_at, i.id), reverse=True)
        if after is not None:
            position = tuple(paging.decode(after, datetime, UUID))
            found = [i for i in found if (i.occurred_at, i.id) < position]
        return paging.page(found[: limit + 1], limit, lambda i: (i.occurred_at, i.id))


class MemoryWork:
    """What a use case touches in one transaction."""

    def __init__(self, state: State, call: Call) -> None:
        self.state, self.call = state, call
        self.contacts = MemoryContacts(state)
        self.changes = MemoryChanges(state)
        self.interactions = MemoryInteractions(state)
        self.permissions = ActorPermissions(policies_of("contacts"), call.actor)

    def tell(self, *events: Event, department: str | None = None) -> None:
        of = department or self.call.actor.department
        self.state.told += [
            Told(e.routing_key, str(e.subject), e.subject_version, of, e.model_dump(mode="json", exclude_none=True))
            for e in events
        ]

    def reply(self, view: R) -> R:
        assert self.call.command_id is not None
        self.state.commands[self.call.command_id] = view.model_dump_json().encode()
        return view


class MemoryUnitOfWork:
    """Keeps what was done on a clean exit, and nothing on any error."""

    def __init__(self, store: MemoryStore, call: Call) -> None:
        self._store, self._call = store, call

    @contextmanager
    def __call__(self) -> Iterator[Any]:
        state = self._store.state.copy()
        if self._call.command_id in state.commands:
            raise AlreadyDone(state.commands[self._call.command_id])
        yield MemoryWork(state, self._call)
        self._store.state = state

    @contextmanager
    def reading(self) -> Iterator[Any]:
        yield MemoryWork(self._store.state.copy(), self._call)
