"""The cases service's use cases over a real store, without a broker: what its tests drive."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Engine, event, text

from services.cases import application
from services.cases.adapters.rulebook import standard_rulebook
from services.cases.adapters.shelf import Shelf
from services.cases.adapters.unit_of_work import unit_of_work
from shared.call import AlreadyDone, Call, fingerprint, new_traceparent
from shared.contracts.actor import Actor
from shared.contracts.base import Request
from shared.contracts.cases.rpc import ActivateCaseType, AddCaseType, CaseView, OpenCase, TakeCaseEvent
from shared.errors import NotFound, Unavailable
from shared.ids import new_id
from shared.persistence.engine import engine_for
from tests.support.actors import staff

BUNDLES = Path(__file__).parents[2] / "services" / "cases" / "bundles"
CARD = {"contact.name": "Siân Ó Briain", "contact.email": "sian@example.org", "contact.phone": "+442920123456"}
APPLICATION = {"purpose": "skip", "street": "Heol y Frenhines", "first_day": "2026-11-23", "last_day": "2026-11-25"}


@dataclass
class Cards:
    """Contacts as the contacts service would answer: all known, but for those that are not."""

    card: Mapping[str, str | None] = field(default_factory=lambda: dict(CARD))
    unknown: set[UUID] = field(default_factory=set)
    asked: list[UUID] = field(default_factory=list)
    away: bool = False

    def details(self, contact_id: UUID) -> Mapping[str, str | None]:
        self.asked.append(contact_id)
        if self.away:
            raise Unavailable("Contacts does not answer.")
        if contact_id in self.unknown:
            raise NotFound(code="contacts.unknown")
        return self.card


class Desk:
    """One store, and everybody who may come to it."""

    def __init__(self, url: str, *, pool_size: int = 4) -> None:
        self.engine: Engine = engine_for(url, pool_size=pool_size)
        self.rulebook = standard_rulebook()
        self.shelf = Shelf(self.rulebook)
        self.cards = Cards()

    def ask(self, actor: Actor, request: Request[Any], *, command_id: UUID | None = None) -> Any:
        """What the service would answer to this call."""
        call = Call(
            actor=actor,
            operation=request.method,
            traceparent=new_traceparent(),
            command_id=(command_id or new_id()) if request.writes else None,
            fingerprint=fingerprint(orjson.dumps(request.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)),
        )
        tools: dict[str, Any] = {"unit_of_work": unit_of_work(self.engine, call, self.shelf)}
        if request.method in ("add_case_type", "open_case", "take_case_event"):
            tools["rulebook"] = self.rulebook
        if request.method == "open_case":
            tools["contacts"] = self.cards
        try:
            answer = getattr(application, request.method)(request, **tools)
        except AlreadyDone as done:
            return request.reply.model_validate_json(done.reply)
        return request.reply.model_validate_json(answer.model_dump_json())

    def activate(self, bundle: str) -> str:
        """Make a bundle of this repository, or a text, the rules for new cases; answers with its key."""
        designer = staff("case_designer", department="city")
        path = BUNDLES / f"{bundle}.yaml"
        content = path.read_text() if "\n" not in bundle else bundle
        added = self.ask(designer, AddCaseType(bundle=content))
        self.ask(designer, ActivateCaseType(key=added.key, version=added.version))
        return str(added.key)

    def open(self, actor: Actor, **fields: Any) -> CaseView:
        """Open a street permit, unless told otherwise."""
        fields = {"case_type": "street-permit", "contact_id": new_id(), "data": APPLICATION} | fields
        answer: CaseView = self.ask(actor, OpenCase(**fields))
        return answer

    def take(self, actor: Actor, case: CaseView, event: str, **fields: Any) -> CaseView:
        """Take a step on a case as this actor saw it."""
        fields = {"version": case.version} | fields
        answer: CaseView = self.ask(actor, TakeCaseEvent(case_id=case.id, event=event, **fields))
        return answer

    def told(self) -> list[dict[str, Any]]:
        """The events in the outbox, in order."""
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT routing_key, body FROM outbox ORDER BY id")).all()
        return [orjson.loads(row.body) | {"key": row.routing_key} for row in rows]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with self.engine.connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Every statement that is sent, and the beginning and end of every transaction."""
        seen: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen.append(statement)

        def begun(_: Any) -> None:
            seen.append("BEGIN")

        def ended(_: Any) -> None:
            seen.append("COMMIT")

        listeners = (("before_cursor_execute", note), ("begin", begun), ("commit", ended))
        for name, listener in listeners:
            event.listen(self.engine, name, listener)
        try:
            yield seen
        finally:
            for name, listener in listeners:
                event.remove(self.engine, name, listener)


def word() -> str:
    """A word that nobody used before."""
    return f"w{secrets.token_hex(4)}"
