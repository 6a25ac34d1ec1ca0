"""The directory's use cases over a real store, without a broker: what its tests drive."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import Engine, text

from services.gateway import application
from services.gateway.adapters import unit_of_work as sql
from services.gateway.adapters.public_keys import JosePublicKeys
from services.gateway.directory_settings import StaffIssuers
from services.gateway.domain.periods import Emergencies
from services.gateway.settings import Issuer
from shared.call import AlreadyDone, Call, fingerprint, new_traceparent
from shared.contracts.actor import Actor, Kind
from shared.contracts.base import Request
from shared.contracts.gateway.assignments import AssignmentView, AssignRole
from shared.contracts.gateway.staff import ProvisionStaff, StaffView
from shared.ids import new_id
from shared.persistence.engine import engine_for
from tests.support.actors import staff

ISSUER = "https://staff.test"
WITH_ISSUERS = {"provision_staff"}
WITH_KEYS = {"register_client", "add_client_key"}


@dataclass(frozen=True)
class Told:
    """One fact, as subscribers will have it."""

    key: str
    subject: str
    version: int
    department: str
    data: dict[str, Any]


class Directory:
    """One store, and everybody who may come to it."""

    def __init__(self, url: str, *, pool_size: int = 4) -> None:
        self.engine: Engine = engine_for(url, pool_size=pool_size)
        self.issuers = StaffIssuers((Issuer(issuer=ISSUER, kind="staff"),))
        self.emergencies = Emergencies()
        self.administrator = staff("administrator", department="city")
        self.security_officer = staff("security_officer", department="city")

    def ask(self, actor: Actor, request: Request[Any], *, command_id: UUID | None = None) -> Any:
        """What the service would answer to this call."""
        call = Call(
            actor=actor,
            operation=request.method,
            traceparent=new_traceparent(),
            command_id=(command_id or new_id()) if request.writes else None,
            fingerprint=fingerprint(orjson.dumps(request.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)),
        )
        tools: dict[str, Any] = {"unit_of_work": sql.unit_of_work(self.engine, call)}
        if request.method in WITH_ISSUERS:
            tools["issuers"] = self.issuers
        if request.method == "challenge_access":
            tools["emergencies"] = self.emergencies
        if request.method in WITH_KEYS:
            tools["public_keys"] = JosePublicKeys()
        try:
            answer = getattr(application, request.method)(request, **tools)
        except AlreadyDone as done:
            return request.reply.model_validate_json(done.reply)
        return request.reply.model_validate_json(answer.model_dump_json())

    def provision(self, user_name: str | None = None, *, by: Actor | None = None, **fields: Any) -> StaffView:
        """Make somebody known."""
        name = user_name or f"somebody-{uuid4().hex[:8]}"
        wish = {"user_name": name, "display_name": "Siân Ó Briain", "department": "city.permits"} | fields
        answer: StaffView = self.ask(by or self.administrator, ProvisionStaff(**wish))
        return answer

    def assign(self, holder: StaffView, role: str, *, by: Actor | None = None, **fields: Any) -> AssignmentView:
        """Give somebody a role."""
        wish = AssignRole(staff_id=holder.id, role=role, **({"reason": "joined"} | fields))
        answer: AssignmentView = self.ask(by or self.administrator, wish)
        return answer

    def told(self, key: str | None = None) -> list[Told]:
        """The facts to be published, in order."""
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT routing_key, body FROM outbox ORDER BY id")).all()
        facts = [_told(row.routing_key, orjson.loads(row.body)) for row in rows]
        return [fact for fact in facts if key is None or fact.key == key]


def acting_as(view: StaffView, *roles: str, **more: Any) -> Actor:
    """A provisioned member of staff, signed in."""
    given = {"id": view.id, "kind": Kind.STAFF, "roles": roles, "department": view.department} | more
    return Actor(**given)


def hr_system(*, department: str = "city") -> Actor:
    """A system registered to provision staff."""
    return Actor(id=new_id(), kind=Kind.SYSTEM, roles=("system",), department=department, scopes=("provision_staff",))


def _told(key: str, body: dict[str, Any]) -> Told:
    return Told(key, body["subject"], body["subjectversion"], body["department"], body["data"])
