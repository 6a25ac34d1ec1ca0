"""A notifications store, a mail server that fails as told, contacts that answer when told, and senders between them."""

import asyncio
import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from uuid import UUID

import orjson
import psycopg
import pytest
from aiosmtpd.controller import Controller
from kombu import Connection, Exchange, Producer
from sqlalchemy import Engine

from services.notifications.adapters.unit_of_work import NotificationsWork, unit_of_work
from services.notifications.application import add_template, queue_message
from shared.authz.token import system_actor
from shared.call import Call, new_traceparent
from shared.contracts.actor import Actor
from shared.contracts.cases.events import CaseDecided, CaseOpened
from shared.contracts.notifications.rpc import AddTemplate, TemplateView
from shared.ids import new_id
from shared.persistence.engine import engine_for
from shared.persistence.unit_of_work import SqlUnitOfWork
from tests.support.actors import staff
from tests.support.processes import Process, Starter, free_port
from tests.support.servers import FreshDatabase, FreshVhost

EVENTUALLY_SECONDS = 30.0


def eventually(reached: Callable[[], bool], what: str, seconds: float = EVENTUALLY_SECONDS) -> None:
    """Wait until it is so, or fail saying what was not."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.02)


@dataclass
class Fault:
    """What the mail server does to the next mails: `stage` is where, `act` what."""

    stage: str
    act: str
    times: int = 1_000_000


class MailServer:
    """A real SMTP server. A fault at `mail`, `rcpt` or `data` answers with a code, drops the connection, or holds."""

    def __init__(self) -> None:
        self.kept: list[Any] = []
        self.faults: list[Fault] = []
        self.reached = threading.Event()
        self.released = threading.Event()
        self._controller: Controller | None = None
        self.port = free_port()

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)
        self._controller.start()

    def stop(self) -> None:
        self.released.set()
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def will(self, stage: str, act: str, times: int = 1_000_000) -> None:
        """From now on; a hold is reported by `reached` and ends with `released`."""
        self.reached.clear()
        self.released.clear()
        self.faults = [Fault(stage, act, times)]

    def well(self) -> None:
        """No more faults."""
        self.faults = []
        self.released.set()

    @property
    def copies(self) -> Counter[str]:
        """How often each Message-ID came in."""
        return Counter(str(mail["Message-ID"]) for mail in self.kept)

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        answer = await self._meet("mail", server)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        answer = await self._meet("rcpt", server)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await self._meet("data", server)
        if answer is not None:
            return answer
        self.kept.append(message_from_bytes(envelope.content))
        answer = await self._meet("kept", server)
        return answer or "250 2.0.0 Kept"

    async def _meet(self, stage: str, server: Any) -> str | None:
        for fault in self.faults:
            if fault.stage == stage and fault.times > 0:
                fault.times -= 1
                if fault.act == "drop":
                    server.transport.abort()
                    return "451 gone"
                if fault.act == "hold":
                    self.reached.set()
                    await asyncio.get_running_loop().run_in_executor(None, self.released.wait)
                    return None
                return fault.act
        return None


@dataclass
class Contacts:
    """Answers `get_contact_card` over the broker, in contacts' stead."""

    vhost: FreshVhost
    cards: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    holding: threading.Event = field(default_factory=threading.Event)
    error: dict[str, Any] | None = None
    errors: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What is answered about one contact."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def knows(self, contact_id: UUID, **details: Any) -> None:
        card = {"id": str(contact_id), "reference": "CON-1", "kind": "person", "version": 1, "language": "en"}
        self.cards[str(contact_id)] = card | {"name": "Siân Ó Briain", "email": f"{contact_id}@example.org"} | details

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _serve(self) -> None:
        with Connection(self.vhost.amqp_url) as connection:
            channel = connection.channel()
            producer = Producer(channel)
            channel.basic_qos(0, 50, a_global=False)

            def answer(message: Any) -> None:
                body = message.body if isinstance(message.body, str) else bytes(message.body)
                contact_id = orjson.loads(body)["args"][0]["contact_id"]
                self.asked.append(contact_id)
                message.channel.basic_ack(message.delivery_tag)
                if self.holding.is_set():
                    return
                card = self.cards.get(contact_id)
                unknown = {"exc_type": "NotFound", "exc_args": ["no such contact", "contacts.unknown", {}]}
                error = self.error or self.errors.get(contact_id) or (None if card else unknown)
                producer.publish(
                    orjson.dumps({"result": None if error else card, "error": error}),
                    exchange=Exchange("nameko-rpc", type="topic", no_declare=True),
                    routing_key=message.properties["reply_to"],
                    correlation_id=message.properties["correlation_id"],
                    content_type="application/json",
                    content_encoding="utf-8",
                )

            channel.basic_consume("rpc-contacts", callback=answer)
            while not self._stop.is_set():
                with contextlib.suppress(TimeoutError):
                    connection.drain_events(timeout=0.1)


@dataclass
class Post:
    """All of it."""

    store: FreshDatabase
    vhost: FreshVhost
    engine: Engine
    mail: MailServer
    contacts: Contacts
    processes: Starter

    def work(
        self, actor: Actor | None = None, *, cause: UUID | None = None, command: UUID | None = None
    ) -> SqlUnitOfWork[NotificationsWork]:
        """A unit of work for one call or event."""
        call = Call(
            actor=actor or system_actor("notifications", "city.permits"),
            operation="test",
            traceparent=new_traceparent(),
            command_id=command,
            message_id=cause,
        )
        return unit_of_work(self.engine, call)

    def template(
        self,
        key: str = "case_opened",
        language: str = "en",
        *,
        subject: str = "Your case ((reference))",
        body: str = "Dear ((name)),\nwe have your ((case type)).\n",
    ) -> TemplateView:
        """A template's next version."""
        request = AddTemplate(key=key, language=language, subject=subject, body=body)
        return add_template(request, unit_of_work=self.work(staff("knowledge_editor"), command=new_id()))

    def due(self, contact_id: UUID | None = None, *, known: bool = True, **event: Any) -> UUID:
        """A message that a case just opened asks for; its id."""
        contact_id = contact_id or new_id()
        if known and str(contact_id) not in self.contacts.cards:
            self.contacts.knows(contact_id)
        opened = CaseOpened(
            **{
                "subject": new_id(),
                "subject_version": 1,
                "reference": "CASE-7K3M-2QXD",
                "case_type": "building_permit",
                "case_type_version": 1,
                "contact_id": contact_id,
                "state": "received",
                "template": "case_opened",
            }
            | event
        )
        return self.queue(opened)

    def queue(self, event: CaseOpened | CaseDecided) -> UUID:
        cause = new_id()
        queue_message(event, unit_of_work=self.work(cause=cause))
        ((message_id,),) = self.sql("SELECT id FROM message WHERE cause = %s", cause)
        assert isinstance(message_id, UUID)
        return message_id

    def sender(self, *, ready: bool = True, **settings: Any) -> Process:
        """A running sender, with short leases and waits."""
        told = {
            "database_url": self.store.url,
            "amqp_url": self.vhost.amqp_url,
            "signing_key": self.processes.keys.private["notifications"],
            "smtp_host": "127.0.0.1",
            "smtp_port": self.mail.port,
            "from_address": "permits@city.example",
            "domain": "mail.city.example",
            "lease_seconds": 3,
            "conversation_seconds": 2,
            "smtp_timeout_seconds": 2,
            "retry_first_seconds": 0.2,
            "retry_longest_seconds": 1,
            "poll_seconds": 0.05,
            "workers": 4,
        } | settings
        environment = {f"NOTIFICATIONS_{key.upper()}": str(value) for key, value in told.items()}
        process = self.processes.start(
            "sender",
            "-m",
            "services.notifications.processes.sender",
            environment=environment | {"PREFIX": "notifications"},
        )
        return process.await_ready() if ready else process

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Ask or change the store, as its owner."""
        with psycopg.connect(self.store.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def status(self, message_id: UUID) -> str:
        ((status,),) = self.sql("SELECT status FROM message WHERE id = %s", message_id)
        return str(status)

    def reason(self, message_id: UUID) -> str | None:
        ((reason,),) = self.sql("SELECT reason FROM message WHERE id = %s", message_id)
        return reason if reason is None else str(reason)

    def attempts(self, message_id: UUID) -> list[tuple[int, str]]:
        return self.sql("SELECT number, outcome FROM attempt WHERE message_id = %s ORDER BY number", message_id)

    def told(self, message_id: UUID | None = None) -> list[str]:
        """The facts in the outbox, in order: of one message, or of all."""
        rows = self.sql("SELECT routing_key, body FROM outbox ORDER BY id")
        return [key for key, body in rows if message_id is None or orjson.loads(body)["subject"] == str(message_id)]

    def await_status(self, message_id: UUID, *statuses: str, seconds: float = EVENTUALLY_SECONDS) -> None:
        eventually(lambda: self.status(message_id) in statuses, f"{message_id} {statuses}", seconds)


def await_copies(post: Post, number: int) -> None:
    """Wait until the mail server has so many."""
    eventually(lambda: len(post.mail.kept) >= number, f"{number} mails")


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def store(database: Callable[[str], FreshDatabase]) -> FreshDatabase:
    return database("notifications")


@pytest.fixture
def post(store: FreshDatabase, vhost: FreshVhost, mail: MailServer, processes: Starter) -> Iterator[Post]:
    engine = engine_for(store.url, pool_size=4)
    contacts = Contacts(vhost)
    contacts.start()
    yield Post(store, vhost, engine, mail, contacts, processes)
    contacts.stop()
    engine.dispose()
