"""Whom somebody may know of, asked of the policies themselves, so that a list can never differ from a look."""

from collections.abc import Callable

from services.gateway.application.ports import Reach
from shared.authz.model import Permissions, Resource

NOWHERE = "nowhere-at-all"
"""A department that is nobody's: whoever sees what is there sees everything."""


def reach(permissions: Permissions, action: str, resource: Callable[[str, bool], Resource]) -> Reach:
    """Where the store may look for what `action` shows; `resource` makes one of a department, one's own or not."""
    actor = permissions.actor
    if permissions.decide(action, resource(NOWHERE, False)).allowed:
        return Reach(everywhere=True)
    return Reach(
        department=actor.department if permissions.decide(action, resource(actor.department, False)).allowed else None,
        person=actor.id if permissions.decide(action, resource(NOWHERE, True)).allowed else None,
    )
