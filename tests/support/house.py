"""One of everything in every relation to one person: what the matrix of who may do what looks at."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
from sqlalchemy import Engine, text

from services.audit import application as audit
from services.audit.adapters.log_store import append_batch, take_over
from services.audit.adapters.looking import SqlLooks
from services.notifications import application as notifications
from services.notifications.adapters.unit_of_work import unit_of_work as notifications_work
from services.notifications.domain.message import About, Message
from shared.call import AlreadyDone, Call, fingerprint, new_traceparent
from shared.clock import now
from shared.contracts.actor import Actor, Grant, GrantKind, Kind
from shared.contracts.base import Request
from shared.contracts.cases.rpc import ActivateCaseType, AddCaseType
from shared.contracts.contacts.rpc import RecordInteraction, RegisterContact
from shared.contracts.notifications.rpc import AddTemplate
from shared.ids import new_id
from shared.persistence.engine import engine_for
from tests.support.actors import staff
from tests.support.audit_log import arrival, sequencer
from tests.support.cases import APPLICATION, BUNDLES, Desk
from tests.support.contacts import Reception, SqlStore
from tests.support.servers import FreshDatabase

ASKING: Final = UUID("019c1f0e-0000-7000-8000-00000000a5c0")
HERE: Final = "city.permits"
RELATIONS: Final[Mapping[str, str]] = {
    "own": HERE,
    "below": f"{HERE}.street",
    "above": "city",
    "other": "county",
    "hand": "county",
    "theirs": "county",
    "expired": "county",
    "granted": "county",
    "granted_case": "county",
    "challenged": "county",
    "excluded": HERE,
    "excluded_case": HERE,
    "excluded_granted": "county",
}
"""How a record stands to the one who asks, and in which department it therefore is."""
REMARKS: Final = {"comment": "All there.", "resource": "clerk 7"}
TYPES: Final = {"active": HERE, "draft": HERE, "retired": HERE, "foreign": "county"}


class House:
    """Four stores, filled."""

    def __init__(self, fresh: Callable[[str], FreshDatabase]) -> None:
        self._databases = {name: fresh(name) for name in ("contacts", "cases", "notifications", "audit")}
        self.reception = Reception(SqlStore(self._databases["contacts"].url))
        self.desk = Desk(self._databases["cases"].url)
        self.engines: dict[str, Engine] = {
            name: engine_for(self._databases[name].url, pool_size=2) for name in ("notifications", "audit")
        }
        self.contacts: dict[str, UUID] = {}
        self.references: dict[str, str] = {}
        self.interactions: dict[str, UUID] = {}
        self.cases: dict[str, UUID] = {}
        self.messages: dict[str, UUID] = {}
        self.bundle = (BUNDLES / "street-permit.yaml").read_text()
        self._furnish()

    def close(self) -> None:
        """Let the stores go."""
        for engine in (self.reception.store.engine, self.desk.engine, *self.engines.values()):  # type: ignore[attr-defined]
            engine.dispose()

    def ask(self, actor: Actor, request: Request[Any]) -> Any:
        """What the owner would answer, as plain JSON; raises one of the six kinds."""
        match request.service:
            case "contacts":
                answer = self.reception.ask(actor, request)
            case "cases":
                answer = self.desk.ask(actor, request)
            case "notifications":
                with suppress(AlreadyDone):
                    work = notifications_work(self.engines["notifications"], _call(actor, request))
                    answer = getattr(notifications, request.method)(request, unit_of_work=work)
            case _:
                looks = SqlLooks(self.engines["audit"], _call(actor, request))
                answer = getattr(audit, request.method)(request, looks=looks)
        return orjson.loads(answer.model_dump_json())

    def actor(self, role: str | None, *, grants: bool = False, purpose: str = "service_delivery") -> Actor:
        """The one who asks, in one role, with nothing granted or with everything that the relations speak of."""
        return Actor(
            id=ASKING,
            kind=Kind.CITIZEN if role == "citizen" else Kind.SYSTEM if role == "system" else Kind.STAFF,
            roles=(role,) if role else (),
            department="city" if role == "citizen" else HERE,
            contact_id=self.contacts["theirs"] if role == "citizen" else None,
            purpose=purpose,
            grants=self.grants() if grants else (),
        )

    def grants(self) -> tuple[Grant, ...]:
        """What the relations that are named after grants are made of. What has expired is no longer here."""
        contact, case = self.contacts, self.cases

        def grant(kind: GrantKind, id: UUID) -> Grant:
            return Grant(kind=kind, resource=id, role=None if kind is GrantKind.EXCLUDED else "caseworker")

        return (
            grant(GrantKind.SPECIFIC, contact["granted"]),
            grant(GrantKind.SPECIFIC, case["granted_case"]),
            grant(GrantKind.CHALLENGED, contact["challenged"]),
            grant(GrantKind.EXCLUDED, contact["excluded"]),
            grant(GrantKind.EXCLUDED, case["excluded_case"]),
            grant(GrantKind.EXCLUDED, contact["excluded_granted"]),
            grant(GrantKind.SPECIFIC, contact["excluded_granted"]),
        )

    def _furnish(self) -> None:
        self._case_types()
        mover, clerk = staff("migration", department="city"), staff("agent", "migration", department="city")
        for relation, department in RELATIONS.items():
            details = {"name": f"Resident {relation}", "email": f"{relation}@example.org", "phone": "+442079460018"}
            made = self.ask(mover, RegisterContact(**details, department=department))
            contact = self.contacts[relation] = UUID(made["id"])
            self.references[relation] = made["reference"]
            opened = self.desk.open(clerk, contact_id=contact, data=APPLICATION)
            self.desk.take(clerk, opened, "check_completeness", data={"complete": True}, **REMARKS)
            case = self.cases[relation] = opened.id
            said = RecordInteraction(contact_id=contact, channel="phone", subject="A call", body="Said.", case_id=case)
            self.interactions[relation] = UUID(self.ask(staff("agent", department=department), said)["id"])
            self._place(relation, department)
            self._message(relation, department)
        self.ask(staff("knowledge_editor"), AddTemplate(key="case-opened", subject="We have it", body="Dear ((name))"))
        asyncio.run(self._log())

    def _place(self, relation: str, department: str) -> None:
        with self.desk.engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE case_record SET department = :department, assigned_to = :hand, outcome = 'granted',"
                    " source = 'older', external_reference = :id WHERE id = :case"
                ),
                {
                    "department": department,
                    "hand": ASKING if relation == "hand" else None,
                    "id": f"OLD-{relation}",
                    "case": self.cases[relation],
                },
            )

    def _message(self, relation: str, department: str) -> None:
        message = Message(
            id=new_id(),
            contact_id=self.contacts[relation],
            case_id=self.cases[relation],
            department=department,
            template="case-opened",
            cause=uuid4(),
            about=About("CASE-1", "street-permit"),
            traceparent=new_traceparent(),
            created_at=now(),
        )
        self.messages[relation] = message.id
        call = Call(actor=staff("system"), operation="queue", traceparent=new_traceparent())
        with notifications_work(self.engines["notifications"], call)() as work:
            work.messages.add_once(message)

    def _case_types(self) -> None:
        for name, department in TYPES.items():
            designer = staff("case_designer", department=department)
            versions = 2 if name == "retired" else 1
            for version in range(1, versions + 1):
                content = self.case_type(name, department) + "\n" * version
                added = self.desk.ask(designer, AddCaseType(bundle=content))
                if name != "draft":
                    self.desk.ask(designer, ActivateCaseType(key=added.key, version=added.version))
        self.desk.activate("street-permit")

    def case_type(self, name: str, department: str) -> str:
        """The text of a case type of this name."""
        content = self.bundle.replace("key: street-permit", f"key: {name}", 1)
        return content.replace("department: city.permits", f"department: {department}", 1)

    async def _log(self) -> None:
        said = [
            {
                "type": "tellus.data.accessed.v1",
                "subject": str(contact),
                "producer": "gateway",
                "data": {
                    "operation": "get_contact",
                    "purpose": "service_delivery",
                    "subjects": [str(contact)],
                    "fields": ["email", "name"],
                    "hidden": ["phone"],
                    "kind": "staff",
                },
            }
            for contact in self.contacts.values()
        ]
        async with sequencer(self._databases["audit"]) as connection:
            fence = await take_over(connection)
            await append_batch(connection, [arrival(sequence=n, **event) for n, event in enumerate(said, 1)], fence)


def _call(actor: Actor, request: Request[Any]) -> Call:
    return Call(
        actor=actor,
        operation=request.method,
        traceparent=new_traceparent(),
        command_id=new_id() if request.writes else None,
        fingerprint=fingerprint(orjson.dumps(request.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)),
    )
