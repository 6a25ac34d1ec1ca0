"""The words of a decision, without the engine that makes it: what use cases may know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.contracts.actor import Actor
from shared.errors import NotFound

EVERYTHING = "*"
ERRED = "error"
"""What stands for the policies of a decision that could not be made."""


@dataclass(frozen=True)
class Resource:
    """What is acted upon: a Cedar entity type, its id, the department that owns it, and what policies may look at."""

    type: str
    id: str
    department: str = ""
    attributes: Mapping[str, Any] | None = None


SUITE = Resource("Suite", "tellus")
"""Stands for "some resource, not looked at yet": walls and relations are decided by the owner of the resource."""


@dataclass(frozen=True)
class StepUp:
    """How sure we must be of who somebody is, and how lately they must have shown it."""

    level: str
    max_age: int
    """In seconds."""


@dataclass(frozen=True)
class Decision:
    """Whether, under which policies, and which fields of the answer may be shown."""

    allowed: bool
    policies: tuple[str, ...]
    fields: frozenset[str]
    step_up: StepUp | None = None
    """Of a refusal whose only reason this is: whoever shows this much may."""
    roles: frozenset[str] = field(default=frozenset(), compare=False)
    """The roles of the actor that count here: those of everywhere, those granted for this, or both."""

    def shows(self, field: str) -> bool:
        """Whether a field of the answer may be shown."""
        return EVERYTHING in self.fields or field in self.fields


class Permissions(Protocol):
    """What the actor of the call in hand may do."""

    @property
    def actor(self) -> Actor:
        """Who is asking."""

    def decide(self, action: str, resource: Resource = SUITE) -> Decision:
        """Whether the actor may, and which fields they may see."""

    def knock(self, action: str) -> None:
        """Raises Forbidden where the actor may do this to nothing at all, whatever they were granted."""

    def require(
        self, action: str, resource: Resource = SUITE, *, see: str | None = None, unknown: type[NotFound] = NotFound
    ) -> Decision:
        """The decision, if it allows; Forbidden otherwise, or `unknown` where the actor may not even `see` it."""
