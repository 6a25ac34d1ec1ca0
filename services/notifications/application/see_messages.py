"""Say which messages somebody may see."""

from services.notifications.application.ports import UnitOfWork
from services.notifications.application.published import as_resource
from shared.contracts.notifications.rpc import SeeMessages
from shared.contracts.sights import Sights


def see_messages(request: SeeMessages, *, unit_of_work: UnitOfWork) -> Sights:
    """Of the messages asked about, exactly those that `get_message` would answer with."""
    with unit_of_work.reading() as work:
        decide = work.permissions.decide
        seen = (m.id for m in work.messages.among(request.ids) if decide("get_message", as_resource(m)).allowed)
        return Sights(visible=tuple(seen))
