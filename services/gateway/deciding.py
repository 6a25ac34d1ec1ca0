"""Decision one: may this actor do this at all? Relation and fields are decided where the resource lives."""

from functools import lru_cache

from shared.authz.decisions import policies_of
from shared.authz.model import Decision
from shared.authz.standing import anywhere
from shared.contracts.actor import Actor


def decide(actor: Actor, service: str, operation: str) -> Decision:
    """The decision of the owner's policies, which may ask how long ago somebody proved who they are."""
    return _decide(actor, service, operation, policies_of(service).age_of(actor))


@lru_cache(maxsize=8_192)
def _decide(actor: Actor, service: str, operation: str, age: int) -> Decision:
    """The same question has the same answer for as long as this process runs.

    A role for one resource opens the door to everywhere that role could act: the owner sees which resource it is.
    """
    return policies_of(service).decide(anywhere(actor), operation, age=age)


def allowed(actor: Actor, service: str, operation: str) -> bool:
    """Whether the operation is open to the actor, if only after they show better who they are."""
    decision = decide(actor, service, operation)
    return decision.allowed or decision.step_up is not None
