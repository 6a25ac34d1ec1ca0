"""Which messages somebody may know of, and which they may count: a list can never differ from a look."""

from shared.authz.model import Permissions
from shared.authz.reach import DEPARTMENT, Reach, Sight
from shared.contracts.actor import Actor, GrantKind

SUITE_WIDE = {"auditor", "administrator", "privacy_officer"}
"""Roles that oversee every department."""


def sight_of(permissions: Permissions) -> Sight:
    """What this actor may see of messages."""
    return Sight(permissions, "get_message", "Message", attributes={"contact": ""})


def counted_by(actor: Actor) -> Reach:
    """The messages that this actor may count: their department's, or all; a number tells of what they are kept from."""
    everywhere = bool(SUITE_WIDE.intersection(actor.roles))
    return Reach(
        relations=(frozenset() if everywhere else frozenset({DEPARTMENT}),),
        excluded=tuple(grant.resource for grant in actor.grants if grant.kind is GrantKind.EXCLUDED),
        department=actor.department,
    )
