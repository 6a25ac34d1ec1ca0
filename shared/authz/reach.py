"""Through which rows of a list a store may look for somebody: asked of the policies, so that a list is what a look is.

Policies see of a row its department, whose it is, who has it in hand, and what the asking one was granted for it. Rows
that are alike in that are decided alike: so each list asks once per likeness, not once per row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final
from uuid import UUID

from shared.authz.model import Decision, Permissions, Resource
from shared.authz.standing import Standing, standing_of
from shared.contracts.actor import Actor, GrantKind

DEPARTMENT: Final = "department"
ASSIGNED: Final = "assigned"
CONTACT: Final = "contact"
Relation = frozenset[str]
"""How somebody stands to a row: any of the three words above, or none."""
_NOBODYS: Final = "nobody's"


@dataclass(frozen=True)
class Reach:
    """Which rows somebody may know of. The store applies all of it; each row is decided all the same."""

    relations: tuple[Relation, ...]
    """Those that stand to them in any one of these ways,"""
    granted: tuple[UUID, ...] = ()
    """and these, with what belongs to them;"""
    excluded: tuple[UUID, ...] = ()
    """but never these, nor what belongs to them."""
    department: str = ""
    actor_id: UUID | None = None
    contact_id: UUID | None = None

    @property
    def nothing(self) -> bool:
        """Whether no row at all is within it."""
        return not self.relations and not self.granted


class Sight:
    """What one actor may see of one kind of row, decided once for each likeness."""

    def __init__(self, permissions: Permissions, action: str, kind: str, *, attributes: Mapping[str, object]) -> None:
        """`attributes`: what such a row has, as it is where nothing connects it with the actor."""
        self._permissions, self._action, self._kind, self._attributes = permissions, action, kind, attributes
        self._decided: dict[tuple[Relation, Standing], Decision] = {}

    @property
    def actor(self) -> Actor:
        """Who looks."""
        return self._permissions.actor

    def of(self, row: Resource) -> Decision:
        """What they may see of this row."""
        alike = (relation_to(row, self.actor), standing_of(self.actor, row))
        if alike not in self._decided:
            self._decided[alike] = self._permissions.decide(self._action, row)
        return self._decided[alike]

    def reach(self, *, showing: Iterable[str] = ()) -> Reach:
        """Through which rows the store should look: those of which they may see all the fields named."""
        named = tuple(showing)
        ways = [way for way in self._relations() if self._shown(self._like(way), named)]
        granted = [grant.resource for grant in self.actor.grants if grant.kind is not GrantKind.EXCLUDED]
        return Reach(
            relations=tuple(way for way in ways if not any(other < way for other in ways)),
            granted=tuple(id for id in dict.fromkeys(granted) if self._counts(id, named)),
            excluded=tuple(grant.resource for grant in self.actor.grants if grant.kind is GrantKind.EXCLUDED),
            department=self.actor.department,
            actor_id=self.actor.id,
            contact_id=self.actor.contact_id,
        )

    def _counts(self, id: UUID, named: tuple[str, ...]) -> bool:
        row = self._like(frozenset(), str(id))  # what the grant alone is good for
        return bool(standing_of(self.actor, row).roles) and self._shown(row, named)

    def _shown(self, row: Resource, named: tuple[str, ...]) -> bool:
        decision = self.of(row)
        return decision.allowed and all(decision.shows(field) for field in named)

    def _relations(self) -> Iterable[Relation]:
        ways = [DEPARTMENT]
        if ASSIGNED in self._attributes:
            ways.append(ASSIGNED)
        if self.actor.contact_id is not None:
            ways.append(CONTACT)
        return (frozenset(some) for size in range(len(ways) + 1) for some in combinations(ways, size))

    def _like(self, relation: Relation, id: str = "any") -> Resource:
        about = dict(self._attributes) | {CONTACT: str(self.actor.contact_id) if CONTACT in relation else _NOBODYS}
        if ASSIGNED in self._attributes:
            about[ASSIGNED] = ASSIGNED in relation
        return Resource(self._kind, id, self.actor.department if DEPARTMENT in relation else "", about)


def relation_to(row: Resource, actor: Actor) -> Relation:
    """How this actor stands to a row."""
    about = row.attributes or {}
    found = {
        DEPARTMENT: within(row.department, actor.department),
        ASSIGNED: about.get(ASSIGNED) is True,
        CONTACT: actor.contact_id is not None and about.get(CONTACT) == str(actor.contact_id),
    }
    return frozenset(name for name, stands in found.items() if stands)


def within(department: str, root: str) -> bool:
    """Whether a department is `root` or lies below it."""
    return department == root or department.startswith(f"{root}.")
