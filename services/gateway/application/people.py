"""Staff as policies see them: what teams and roles ask about people, too."""

from services.gateway.domain.assignment import Granter
from services.gateway.domain.staff import Staff
from shared.authz.model import Resource
from shared.contracts.actor import Actor


def as_resource(staff: Staff, actor: Actor) -> Resource:
    """A member of staff, as policies see them when this actor asks."""
    return resource(staff.description.department, itself=actor.stands_for(staff.id), id=str(staff.id))


def as_granter(actor: Actor) -> Granter:
    """Whoever asks, as somebody who gives roles and takes them back."""
    return Granter(actor.id, frozenset(actor.roles), actor.on_behalf_of)


def resource(department: str, itself: bool, id: str = "any") -> Resource:
    """Some member of staff of a department: the one who asks, or another."""
    return Resource("Staff", id, department, {"itself": itself})
