"""Record an interaction."""

import secrets

from services.contacts.application.ports import UnitOfWork
from services.contacts.application.published import as_interaction_event, as_interaction_view, as_resource
from services.contacts.domain.errors import ContactUnknown
from services.contacts.domain.interaction import Interaction, happened
from shared.clock import now
from shared.contracts.contacts.rpc import InteractionView, RecordInteraction
from shared.ids import new_id


def record_interaction(request: RecordInteraction, *, unit_of_work: UnitOfWork) -> InteractionView:
    """The touch is on record and the world knows that there was one, or nothing happened."""
    with unit_of_work() as work:
        contact = work.contacts.get(request.contact_id)
        actor = work.permissions.actor
        decision = work.permissions.require(
            "record_interaction", as_resource(contact), see="get_contact", unknown=ContactUnknown
        )
        at = now()
        interaction = Interaction(
            id=new_id(),
            contact_id=contact.id,
            channel=request.channel,
            direction=request.direction,
            subject=request.subject,
            body=request.body,
            case_id=request.case_id,
            department=actor.department,
            recorded_by=actor.id,
            occurred_at=happened(request.occurred_at, at),
            recorded_at=at,
            salt=secrets.token_bytes(16),
        )
        work.interactions.add(interaction)
        work.tell(as_interaction_event(interaction), department=interaction.department)
        return work.reply(as_interaction_view(interaction, decision))
