"""What cases tells becomes messages: through the real processes, the real broker and the real contacts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from kombu import Connection, Exchange, Producer

from services.contacts.adapters.points import StandardPoints
from services.contacts.adapters.unit_of_work import unit_of_work as contacts_work
from services.contacts.application import register_contact
from shared.authz.token import system_actor
from shared.call import Call, new_traceparent
from shared.clock import now
from shared.contracts.base import Event
from shared.contracts.cases.events import CaseDecided, CaseOpened
from shared.contracts.contacts.rpc import RegisterContact
from shared.contracts.envelope import CONTENT_TYPE, canonical, draft, number
from shared.ids import new_id
from shared.persistence.engine import engine_for
from shared.rpc.wire import register_serializers
from tests.integration.notifications.conftest import Post, eventually
from tests.support.actors import staff
from tests.support.servers import FreshDatabase

EVENTS = "services.notifications.service:NotificationsEvents"


def tell(post: Post, event: Event, event_id: UUID, times: int = 1) -> None:
    """Publish as the relay of cases does."""
    actor = system_actor("cases", "city.permits")
    envelope = draft(
        event, id=event_id, department="city.permits", actor=str(actor.id), traceparent=new_traceparent(),
        recorded_at=now(),
    )  # fmt: skip
    body = canonical(number(envelope, producer="cases", epoch="1", sequence=1))
    register_serializers()
    with Connection(post.vhost.amqp_url) as connection:
        for _ in range(times):
            Producer(connection.channel()).publish(
                body,
                serializer=None,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                exchange=Exchange("cases.events", type="topic", no_declare=True),
                routing_key=event.routing_key,
                message_id=str(event_id),
            )


def opened(contact_id: UUID, template: str | None = "case_opened") -> CaseOpened:
    return CaseOpened(
        subject=new_id(), subject_version=1, reference="CASE-1", case_type="building_permit", case_type_version=1,
        contact_id=contact_id, state="received", template=template,
    )  # fmt: skip


def test_a_case_opened_is_heard_once_however_often_it_comes(post: Post) -> None:
    post.processes.service(EVENTS, database_url=post.store.url, vhost=post.vhost)
    event, cause = opened(new_id()), new_id()
    tell(post, event, cause, times=3)
    tell(post, opened(new_id(), template=None), new_id())
    eventually(lambda: len(_handled(post)) == 4, "all are handled")
    ((contact, case, department, stored_cause),) = post.sql(
        "SELECT contact_id, case_id, department, cause FROM message"
    )
    assert (contact, case, department, stored_cause) == (event.contact_id, event.subject, "city.permits", cause)
    assert post.told() == ["message.queued.v1"]
    assert sorted(_handled(post)) == ["duplicate", "duplicate", "ok", "ok"]


def test_a_decision_reaches_the_contact_that_the_contacts_service_knows(
    post: Post, database: Callable[[str], FreshDatabase]
) -> None:
    post.contacts.stop()
    people = database("contacts")
    engine = engine_for(people.url, pool_size=1)
    call = Call(staff("agent"), "register_contact", new_traceparent(), command_id=new_id())
    work: Any = contacts_work(engine, call)
    ann = register_contact(
        RegisterContact(name="Ann Example", email="ann@example.org"),
        unit_of_work=work,
        points=StandardPoints("GB"),
    )
    engine.dispose()
    post.processes.service("services.contacts.service:ContactsService", database_url=people.url, vhost=post.vhost)
    post.processes.service(EVENTS, database_url=post.store.url, vhost=post.vhost)
    post.template("permit_decided", subject="((outcome))", body="Dear ((name))")
    post.sender()
    decided = CaseDecided(
        subject=new_id(), subject_version=4, reference="CASE-1", case_type="building_permit", case_type_version=1,
        contact_id=ann.id, event="decide", outcome="granted", template="permit_decided",
    )  # fmt: skip
    tell(post, decided, new_id())
    eventually(lambda: len(post.mail.kept) == 1, "it is sent")
    (mail,) = post.mail.kept
    assert mail["To"] == "ann@example.org"
    assert mail["Subject"] == "granted"
    assert b"Dear Ann Example" in mail.get_payload(decode=True)


def _handled(post: Post) -> list[str]:
    lines = (line for process in post.processes.started for line in process.lines())
    return [str(line["outcome"]) for line in lines if line["event"] == "event.handled"]
