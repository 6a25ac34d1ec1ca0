"""Which contacts and interactions somebody may know of: a list can never differ from a look."""

from shared.authz.model import Permissions
from shared.authz.reach import Sight


def sight_of_contacts(permissions: Permissions) -> Sight:
    """What this actor may find of contacts."""
    return Sight(permissions, "find_contacts", "Contact", attributes={"contact": ""})


def sight_of_interactions(permissions: Permissions) -> Sight:
    """What this actor may see of what was said."""
    return Sight(permissions, "see_interaction", "Interaction", attributes={"contact": ""})
