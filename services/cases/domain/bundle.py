"""A case type's bundle: the states a case can be in, the steps between them, who takes them, and what they ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Mode = Literal["mandatory", "optional", "readonly"]
MODES: tuple[Mode, ...] = ("mandatory", "optional", "readonly")
OPENED = "opened"
"""The first line of every history; no bundle may have a step of this name."""


@dataclass(frozen=True)
class State:
    """Where a case can be. `public` is what the contact is told."""

    key: str
    title: str
    public: str = ""
    final: bool = False


@dataclass(frozen=True)
class FormField:
    """One answer of a form: asked for, welcome, or only shown."""

    name: str
    mode: Mode


@dataclass(frozen=True)
class PostState:
    """Where a step leads, if `when` holds; without `when` it always does."""

    to: str
    when: str | None = None


@dataclass(frozen=True)
class Step:
    """An event that may be taken on a case."""

    key: str
    title: str
    sources: tuple[str, ...]
    targets: tuple[PostState, ...]
    roles: tuple[str, ...]
    fields: tuple[FormField, ...] = ()
    guard: str | None = None
    outcome: str | None = None
    template: str | None = None
    comment_required: bool = False


@dataclass(frozen=True)
class Deadline:
    """By when a case is due: so many working days of a calendar, counted from the local day it was opened."""

    working_days: int
    calendar: str
    timezone: str = "UTC"


@dataclass(frozen=True)
class Bundle:
    """One version of a case type, read-only."""

    key: str
    title: str
    initial: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    openers: tuple[str, ...]
    schema: Mapping[str, Any]
    form: tuple[FormField, ...] = ()
    prefill: Mapping[str, str] = field(default_factory=dict)
    deadline: Deadline | None = None
    opened_template: str | None = None
    department: str | None = None
    permissive: bool = False

    def state(self, key: str) -> State:
        """The state of this name; a bundle that passed its lint has it."""
        return next(state for state in self.states if state.key == key)

    def step(self, key: str) -> Step | None:
        """The step of this name, if there is one."""
        return next((step for step in self.steps if step.key == key), None)

    def legal_from(self, state: str) -> tuple[Step, ...]:
        """The steps that may be taken in a state, by anybody."""
        return tuple(step for step in self.steps if state in step.sources)

    def properties(self) -> Mapping[str, Any]:
        """The answers that a case of this type can hold, by name."""
        found = self.schema.get("properties", {})
        return found if isinstance(found, Mapping) else {}

    def asked_of(self, role: str) -> frozenset[str]:
        """The answers that somebody with this role gives: at the opening, or in the steps that are theirs."""
        theirs = [step.fields for step in self.steps if role in step.roles]
        return frozenset(one.name for fields in (self.form, *theirs) for one in fields)

    def offered_to(self, roles: frozenset[str], state: str) -> tuple[Step, ...]:
        """The steps that somebody with these roles may take in a state."""
        return tuple(step for step in self.legal_from(state) if roles.intersection(step.roles))
