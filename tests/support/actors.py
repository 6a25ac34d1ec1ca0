"""Actors for tests, by role."""

from uuid import UUID

from shared.clock import now
from shared.contracts.actor import Actor, Kind
from shared.ids import new_id


def staff(*roles: str, department: str = "city.permits", id: UUID | None = None, assurance: str = "aal2") -> Actor:
    """Somebody who works for the government, and just signed in with a second factor."""
    return Actor(
        id=id or new_id(),
        kind=Kind.STAFF,
        roles=roles,
        department=department,
        assurance=assurance,
        authenticated_at=int(now().timestamp()),
        purpose="public_task",
    )


def citizen(contact_id: UUID) -> Actor:
    """Somebody the government works for."""
    return Actor(id=new_id(), kind=Kind.CITIZEN, roles=("citizen",), department="city", contact_id=contact_id)
