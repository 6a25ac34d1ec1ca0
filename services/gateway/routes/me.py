"""Who am I here, and what may I ask for."""

from collections.abc import Mapping
from typing import Any, Final

from services.gateway.deciding import allowed
from services.gateway.route import Route
from services.gateway.routes import audit, cases, contacts, directory, notifications, uploads
from shared.contracts.actor import Actor
from shared.contracts.gateway.rpc import WhoAmI


def who_am_i(actor: Actor) -> Mapping[str, Any]:
    """The caller as policies see them."""
    every = (
        *contacts.ROUTES,
        *cases.ROUTES,
        *notifications.ROUTES,
        *audit.ROUTES,
        *directory.ROUTES,
        *uploads.ROUTES,
        *ROUTES,
    )
    return {
        "id": str(actor.id),
        "kind": actor.kind.value,
        "roles": list(actor.roles),
        "department": actor.department,
        "assurance": actor.assurance,
        "contact_id": str(actor.contact_id) if actor.contact_id else None,
        "operations": sorted(route.operation for route in every if allowed(actor, route.service, route.operation)),
    }


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/me",
        request=WhoAmI,
        purpose="self_service",
        answered_here=who_am_i,
        answer={
            "id": "019c1f0e-0000-7000-8000-000000000001",
            "kind": "staff",
            "roles": ["caseworker"],
            "department": "city.permits",
            "assurance": "aal1",
            "contact_id": None,
            "operations": ["get_contact", "open_case", "take_case_event", "who_am_i"],
        },
    ),
)
