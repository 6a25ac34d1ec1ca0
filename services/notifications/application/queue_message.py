"""Queue a message that an event asked for."""

from services.notifications.application.ports import UnitOfWork
from services.notifications.application.published import as_queued
from services.notifications.domain.message import About, Message
from shared.clock import now
from shared.contracts.cases.events import CaseDecided, CaseOpened
from shared.ids import new_id


def queue_message(event: CaseOpened | CaseDecided, *, unit_of_work: UnitOfWork) -> None:
    """One message is due for this event and the world is told; nothing where the case type wants none."""
    if event.template is None:
        return
    outcome = event.outcome if isinstance(event, CaseDecided) else None
    with unit_of_work() as work:
        message = Message(
            id=new_id(),
            contact_id=event.contact_id,
            case_id=event.subject,
            department=work.permissions.actor.department,
            template=event.template,
            cause=work.cause,
            about=About(event.reference, event.case_type, outcome),
            traceparent=work.traceparent,
            created_at=now(),
        )
        if work.messages.add_once(message):
            work.tell(as_queued(message))
