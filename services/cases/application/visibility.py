"""Which cases somebody may know of, asked of the policies themselves, so that a list can never differ from a look."""

from collections.abc import Mapping
from itertools import combinations

from services.cases.application.ports import ASSIGNED, CONTACT, DEPARTMENT, Reach, Relation
from services.cases.domain.case import Case
from shared.authz.model import Decision, Permissions, Resource
from shared.contracts.actor import Actor

RELATIONS: tuple[Relation, ...] = tuple(
    frozenset(some) for size in range(4) for some in combinations((DEPARTMENT, ASSIGNED, CONTACT), size)
)


def resource_of(case: Case, actor: Actor) -> Resource:
    """A case, as policies see it when this actor asks."""
    return _resource(str(case.id), case.department, str(case.contact_id), assigned=case.assigned_to == actor.id)


def relation_of(case: Case, actor: Actor) -> Relation:
    """How this actor stands to a case."""
    found = {
        DEPARTMENT: within(case.department, actor.department),
        ASSIGNED: case.assigned_to == actor.id,
        CONTACT: case.contact_id == actor.contact_id,
    }
    return frozenset(name for name, stands in found.items() if stands)


def within(department: str, root: str) -> bool:
    """Whether a department is `root` or lies below it."""
    return department == root or department.startswith(f"{root}.")


def decisions(permissions: Permissions) -> Mapping[Relation, Decision]:
    """What the policies say of a case in each relation the actor can stand in."""
    actor = permissions.actor
    return {
        relation: permissions.decide(
            "get_case",
            _resource(
                "any",
                actor.department if DEPARTMENT in relation else "",
                str(actor.contact_id) if CONTACT in relation else "another",
                assigned=ASSIGNED in relation,
            ),
        )
        for relation in RELATIONS
        if actor.contact_id is not None or CONTACT not in relation
    }


def reach(decided: Mapping[Relation, Decision], actor: Actor) -> Reach:
    """The same, for the store to look through: the fewest relations that cover all that is allowed."""
    allowed = [relation for relation, decision in decided.items() if decision.allowed]
    least = tuple(one for one in allowed if not any(other < one for other in allowed))
    return Reach(least, actor.department, actor.id, actor.contact_id)


def _resource(id: str, department: str, contact: str, *, assigned: bool) -> Resource:
    return Resource("Case", id, department, {"contact": contact, "assigned": assigned})
