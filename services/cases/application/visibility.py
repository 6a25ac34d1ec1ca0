"""A case as policies see it, and which cases somebody may know of: a list can never differ from a look."""

from services.cases.domain.case import Case
from shared.authz.model import Permissions, Resource
from shared.authz.reach import Sight
from shared.contracts.actor import Actor


def resource_of(case: Case, actor: Actor) -> Resource:
    """A case, as policies see it when this actor asks."""
    about = {"contact": str(case.contact_id), "assigned": case.assigned_to == actor.id}
    return Resource("Case", str(case.id), case.department, about)


def sight_of(permissions: Permissions) -> Sight:
    """What this actor may see of cases."""
    return Sight(permissions, "get_case", "Case", attributes={"contact": "", "assigned": False})
