"""The words of a decision, without the engine that makes it: what use cases may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shared.contracts.actor import Actor
from shared.errors import NotFound

EVERYTHING = "*"


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
class Decision:
    """Whether, under which policies, and which fields of the answer may be shown."""

    allowed: bool
    policies: tuple[str, ...]
    fields: frozenset[str]

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

    def require(
        self, action: str, resource: Resource = SUITE, *, see: str | None = None, unknown: type[NotFound] = NotFound
    ) -> Decision:
        """The decision, if it allows; Forbidden otherwise, or `unknown` where the actor may not even `see` it."""
