"""Decision one: may this actor do this at all? Relation and fields are decided where the resource lives."""

from functools import lru_cache

from shared.authz.decisions import policies_of
from shared.authz.model import Decision
from shared.contracts.actor import Actor


@lru_cache(maxsize=8_192)
def decide(actor: Actor, service: str, operation: str) -> Decision:
    """The decision of the owner's policies. The same question has the same answer for as long as this process runs.

    A role for one resource opens the door to everywhere that role could act: the owner sees which resource it is.
    """
    granted = {grant.role for grant in actor.grants if grant.role}
    anywhere = actor.model_copy(update={"roles": tuple(sorted({*actor.roles, *granted}))}) if granted else actor
    return policies_of(service).decide(anywhere, operation)


def allowed(actor: Actor, service: str, operation: str) -> bool:
    """Whether the operation is open to the actor."""
    return decide(actor, service, operation).allowed
