"""How somebody stands to one thing: what they were granted for it alone, and whether they are kept out of it."""

from dataclasses import dataclass

from shared.authz.model import SUITE, Resource
from shared.contracts.actor import Actor, GrantKind, Kind


@dataclass(frozen=True)
class Standing:
    """What an actor's grants say of one resource."""

    roles: frozenset[str] = frozenset()
    """In which roles they may act here, besides those they have everywhere."""
    granted: bool = False
    challenged: bool = False
    excluded: bool = False


NO_STANDING = Standing()


def standing_of(actor: Actor, resource: Resource) -> Standing:
    """What `actor` was granted for `resource`. A citizen is granted nothing: theirs is what is theirs."""
    if not actor.grants or resource.type == SUITE.type:
        return NO_STANDING
    reached = touched(resource)
    grants = [grant for grant in actor.grants if str(grant.resource) in reached]
    kinds = {grant.kind for grant in grants}
    if GrantKind.EXCLUDED in kinds:
        return Standing(excluded=True)
    if not grants or actor.kind is Kind.CITIZEN:
        return NO_STANDING
    return Standing(
        roles=frozenset(grant.role for grant in grants if grant.role),
        granted=GrantKind.SPECIFIC in kinds,
        challenged=GrantKind.CHALLENGED in kinds,
    )


def touched(resource: Resource) -> frozenset[str]:
    """What a grant may name to reach this resource: itself, the case it belongs to, the contact it is about."""
    about = resource.attributes or {}
    return frozenset((resource.id, str(about.get("case", "")), str(about.get("contact", ""))))


def anywhere(actor: Actor) -> Actor:
    """The same actor with every role they have anywhere: who may knock, before it is known at which door."""
    granted = {grant.role for grant in actor.grants if grant.role and grant.kind is not GrantKind.EXCLUDED}
    if not granted or actor.kind is Kind.CITIZEN:
        return actor
    return actor.model_copy(update={"roles": tuple(sorted({*actor.roles, *granted}))})
