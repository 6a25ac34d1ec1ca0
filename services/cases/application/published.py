"""How cases look from outside: views for callers, events for subscribers. Personal data is dropped here."""

from collections.abc import Iterator
from typing import Any

from services.cases.application.visibility import resource_of
from services.cases.domain.bundle import Bundle
from services.cases.domain.case import Case
from services.cases.domain.case_type import CaseType
from services.cases.domain.facts import Decided, Opened, StepTaken, TypeActivated, TypeAdded
from services.cases.domain.forms import form_of
from services.cases.domain.history import Entry
from shared.authz.masks import mask
from shared.authz.model import Decision, Permissions, Resource
from shared.authz.standing import anywhere
from shared.contracts.actor import Actor, Kind
from shared.contracts.base import Event
from shared.contracts.cases.events import CaseDecided, CaseEventTaken, CaseOpened, CaseTypeActivated, CaseTypeAdded
from shared.contracts.cases.rpc import CaseEventView, CaseSummary, CaseTypeView, CaseView, StepView

ORIGIN = ("external_reference", "source")
"""The key elsewhere may be a name or a number by which somebody is known: it is shown to whoever sees the answers."""
ANSWERS = ("contact_id", "outcome", "data", *ORIGIN)
REMARKS = ("resource", "comment")


def type_resource(key: str, department: str, *, permissive: bool = False, active: bool = False) -> Resource:
    """A version of a case type, as policies see it."""
    return Resource("CaseType", key, department, {"permissive": permissive, "active": active})


def as_type_view(case_type: CaseType, decision: Decision) -> CaseTypeView:
    """A version of a case type, as this caller may see it."""
    view = CaseTypeView(
        key=case_type.key,
        version=case_type.version,
        title=case_type.title,
        status=case_type.status,
        digest=case_type.digest,
        bundle=case_type.text or None,
        activated_at=case_type.activated_at,
    )
    return mask(view, decision, ("bundle",))


def as_view(
    case: Case, bundle: Bundle, decision: Decision, permissions: Permissions, *, steps: Decision | None = None
) -> CaseView:
    """A case, as this caller may see it, with the steps that they may take now.

    `steps` is whether they may take any, where that is known already.
    """
    state, actor = bundle.state(case.state), permissions.actor
    view = CaseView(
        id=case.id,
        reference=case.reference,
        case_type=case.case_type,
        case_type_version=case.case_type_version,
        contact_id=case.contact_id,
        state=case.state,
        state_title=(state.public if actor.kind is Kind.CITIZEN else "") or state.title,
        closed=case.closed,
        outcome=case.outcome,
        data=_answers(case, bundle, actor),
        department=case.department,
        assigned_to=case.assigned_to,
        due_on=case.due_on.isoformat() if case.due_on else None,
        opened_at=case.opened_at,
        version=case.version,
        steps=_steps(case, bundle, permissions, steps),
        prefilled=case.prefilled if decision.shows("data") else (),
        external_reference=case.origin.reference if case.origin else None,
        source=case.origin.source if case.origin else None,
    )
    return mask(view, decision, ANSWERS)


def _answers(case: Case, bundle: Bundle, actor: Actor) -> dict[str, Any]:
    # what officials write about a case on its way is theirs until they decide: the citizen sees their own answers
    if actor.kind is not Kind.CITIZEN:
        return dict(case.data)
    theirs = bundle.asked_of("citizen")
    return {name: value for name, value in case.data.items() if name in theirs}


def as_summary(case: Case, decision: Decision) -> CaseSummary:
    """A case, as a line of a worklist."""
    view = CaseSummary(
        id=case.id,
        reference=case.reference,
        case_type=case.case_type,
        contact_id=case.contact_id,
        state=case.state,
        closed=case.closed,
        department=case.department,
        assigned_to=case.assigned_to,
        due_on=case.due_on.isoformat() if case.due_on else None,
        opened_at=case.opened_at,
        version=case.version,
        external_reference=case.origin.reference if case.origin else None,
        source=case.origin.source if case.origin else None,
    )
    return mask(view, decision, ("contact_id", *ORIGIN))


def as_entry_view(entry: Entry, bundle: Bundle, decision: Decision) -> CaseEventView:
    """One line of history, as this caller may see it."""
    step = bundle.step(entry.event)
    view = CaseEventView(
        sequence=entry.sequence,
        event=entry.event,
        title=step.title if step else None,
        from_state=entry.from_state,
        to_state=entry.to_state,
        case_type_version=entry.case_type_version,
        actor=entry.actor,
        resource=entry.resource,
        comment=entry.comment,
        fields=entry.fields,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
    )
    return mask(view, decision, REMARKS)


def as_type_events(case_type: CaseType) -> Iterator[Event]:
    """What happened to a case type."""
    said = {"key": case_type.key, "version": case_type.version, "digest": case_type.digest}
    for fact in case_type.facts:
        match fact:
            case TypeAdded():
                yield CaseTypeAdded(subject=case_type.id, subject_version=case_type.revision, **said)
            case TypeActivated():
                yield CaseTypeActivated(subject=case_type.id, subject_version=case_type.revision, **said)


def as_events(case: Case, entry: Entry) -> Iterator[Event]:
    """What happened to a case, without saying what was answered."""
    for fact in case.facts:
        match fact:
            case Opened(prefilled, template, at):
                yield CaseOpened(
                    **_said(case), occurred_at=at, state=case.state, prefilled=prefilled, template=template
                )
            case StepTaken(event, from_state, to_state, fields, at):
                yield CaseEventTaken(
                    **_said(case),
                    occurred_at=at,
                    event=event,
                    from_state=from_state,
                    to_state=to_state,
                    fields=fields,
                    resource_digest=entry.resource_digest(),
                )
            case Decided(event, outcome, template, at):
                yield CaseDecided(**_said(case), occurred_at=at, event=event, outcome=outcome, template=template)


def _said(case: Case) -> dict[str, object]:
    return {
        "subject": case.id,
        "subject_version": case.version,
        "reference": case.reference,
        "case_type": case.case_type,
        "case_type_version": case.case_type_version,
        "contact_id": case.contact_id,
    }


def _steps(case: Case, bundle: Bundle, permissions: Permissions, known: Decision | None) -> tuple[StepView, ...]:
    if not bundle.offered_to(frozenset(anywhere(permissions.actor).roles), case.state):
        return ()  # whatever the policies say: there is nothing to ask them about
    decision = known or permissions.decide("take_case_event", resource_of(case, permissions.actor))
    offered = bundle.offered_to(decision.roles, case.state) if decision.allowed else ()
    return tuple(StepView(event=step.key, title=step.title, form=form_of(bundle, step.fields)) for step in offered)
