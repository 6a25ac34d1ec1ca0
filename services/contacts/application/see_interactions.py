"""Say which interactions somebody may see."""

from services.contacts.application.ports import UnitOfWork
from services.contacts.application.published import interaction_resource
from shared.contracts.contacts.rpc import SeeInteractions
from shared.contracts.sights import Sights


def see_interactions(request: SeeInteractions, *, unit_of_work: UnitOfWork) -> Sights:
    """Of the interactions asked about, exactly those that `list_interactions` would answer with."""
    with unit_of_work.reading() as work:
        decide, found = work.permissions.decide, work.interactions.among(request.ids)
        return Sights(visible=tuple(i.id for i in found if decide("see_interaction", interaction_resource(i)).allowed))
