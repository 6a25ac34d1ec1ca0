"""Why somebody may ask: the list of reasons."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.gateway.route import Route
from shared.contracts.actor import Actor
from shared.contracts.gateway.purposes import ListPurposes
from shared.contracts.purposes import REGISTRY, Purpose


def list_purposes(actor: Actor, table: Sequence[Route]) -> Mapping[str, Any]:
    """The same for everybody."""
    del actor, table
    return {"items": [_told(purpose) for purpose in REGISTRY.values()], "next": None}


def _told(purpose: Purpose) -> Mapping[str, Any]:
    return {
        "code": purpose.code,
        "title": purpose.title,
        "lawful_basis": purpose.basis,
        "special_categories": purpose.special,
        "reaches": sorted(purpose.nouns),
    }


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/purposes",
        request=ListPurposes,
        purpose="accountability",
        answered_here=list_purposes,
        answer=_told(REGISTRY["service_delivery"]),
    ),
)
