"""Open a case."""

from services.cases.application.accepting import storable, when
from services.cases.application.ports import ContactCards, Rulebook, UnitOfWork
from services.cases.application.published import as_events, as_view
from services.cases.application.visibility import resource_of
from services.cases.domain.bundle import OPENED, Bundle
from services.cases.domain.case import Case, Origin
from services.cases.domain.deadlines import due
from services.cases.domain.errors import CaseExists, DepartmentElsewhere, ReferenceIncomplete, RoleMissing
from services.cases.domain.history import Entry
from services.cases.domain.prefilling import known_answers
from shared.authz.model import Permissions
from shared.authz.reach import within
from shared.clock import now
from shared.contracts.actor import Actor
from shared.contracts.cases.events import ContactDataRead
from shared.contracts.cases.rpc import CaseView, OpenCase
from shared.ids import new_id, new_reference


def open_case(request: OpenCase, *, unit_of_work: UnitOfWork, contacts: ContactCards, rulebook: Rulebook) -> CaseView:
    """A case exists, filled with what is known already, and the world is told; or nothing happened."""
    unit_of_work.already_done()  # a repeated command needs nobody else to be answered
    storable(request.data)
    origin = _origin(request)
    details = contacts.details(request.contact_id)  # asked first: nothing waits for another service in a transaction
    recorded_at = now()
    with unit_of_work() as work:
        actor = work.permissions.actor
        work.permissions.require("open_case")
        opened_at = when(request.occurred_at, None, actor, recorded_at)
        version, bundle = work.case_types.active(request.case_type)
        known = known_answers(bundle, details, rulebook.schemas)
        case = Case.open(
            new_id(),
            new_reference("CASE"),
            bundle,
            version,
            contact_id=request.contact_id,
            department=_department(request.department, bundle, actor),
            known=known,
            sent=request.data,
            due_on=due(bundle.deadline, opened_at, rulebook.calendars),
            opened_at=opened_at,
            recorded_at=recorded_at,
            schemas=rulebook.schemas,
            origin=origin,
        )
        decision = work.permissions.require("open_case", resource_of(case, actor))
        if not decision.roles.intersection(bundle.openers):
            raise RoleMissing(case_type=bundle.key, roles=list(bundle.openers))
        if (existing := work.cases.add(case, actor.id)) is not None:
            raise _exists(existing, work.permissions)
        entry = Entry(
            case_id=case.id,
            sequence=case.version,
            event=OPENED,
            from_state=None,
            to_state=case.state,
            case_type_version=version,
            actor=actor.id,
            on_behalf_of=actor.on_behalf_of,
            occurred_at=opened_at,
            recorded_at=recorded_at,
            fields=tuple(sorted(name for name in case.data if name in bundle.properties())),
            answers=case.data,
        )
        work.history.add(entry)
        work.tell(*as_events(case, entry), department=case.department)
        if case.prefilled:
            used = tuple(sorted({bundle.prefill[name].removeprefix("contact.") for name in case.prefilled}))
            work.tell(
                ContactDataRead(
                    subject=case.id,
                    subject_version=case.version,
                    contact_id=case.contact_id,
                    case_id=case.id,
                    fields=used,
                    purpose=actor.purpose or "casework",
                )
            )
        return work.reply(as_view(case, bundle, decision, work.permissions))


def _department(named: str | None, bundle: Bundle, actor: Actor) -> str:
    usual = bundle.department or actor.department
    if named is None or named == usual:
        return usual
    # a citizen stands in front of every department's wall: only the case type says where their cases go
    if "citizen" in actor.roles or not within(named, actor.department):
        raise DepartmentElsewhere(department=named)
    return named


def _origin(request: OpenCase) -> Origin | None:
    if (request.source is None) != (request.external_reference is None):
        raise ReferenceIncomplete
    if request.source is None or request.external_reference is None:
        return None
    return Origin(request.source, request.external_reference)


def _exists(existing: Case, permissions: Permissions) -> CaseExists:
    # whoever may not know of the other case learns that the reference is taken, not which case has it
    seen = permissions.decide("get_case", resource_of(existing, permissions.actor)).allowed
    return CaseExists(case_id=str(existing.id), version=existing.version) if seen else CaseExists()
