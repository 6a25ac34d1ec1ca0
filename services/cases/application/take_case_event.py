"""Take one step on a case."""

import secrets

from services.cases.application.accepting import storable, when
from services.cases.application.ports import Rulebook, UnitOfWork
from services.cases.application.published import as_events, as_view
from services.cases.application.visibility import resource_of
from services.cases.domain.errors import CaseUnknown, StepIllegal
from services.cases.domain.history import Entry
from shared.clock import now
from shared.contracts.actor import Kind
from shared.contracts.cases.rpc import CaseView, TakeCaseEvent


def take_case_event(request: TakeCaseEvent, *, unit_of_work: UnitOfWork, rulebook: Rulebook) -> CaseView:
    """The step was legal and is taken, nobody's step was overwritten and the world is told; or nothing happened."""
    storable(request.data)
    recorded_at = now()
    with unit_of_work() as work:
        case, bundle = work.cases.lock(request.case_id)
        actor = work.permissions.actor
        decision = work.permissions.require(
            "take_case_event", resource_of(case, actor), see="get_case", unknown=CaseUnknown
        )
        before = case.data
        try:
            taken = case.take(
                request.event,
                bundle,
                version=request.version,
                roles=decision.roles,
                sent=request.data,
                comment=request.comment,
                occurred_at=when(request.occurred_at, request.resource, actor, recorded_at),
                guards=rulebook.guards,
                schemas=rulebook.schemas,
            )
        except StepIllegal as illegal:
            if actor.kind is not Kind.CITIZEN:
                raise
            # how officials go about a case is not told to citizens: only what they may do themselves
            offered = [step.key for step in bundle.offered_to(decision.roles, case.state)]
            raise StepIllegal(state=case.state, legal=offered) from illegal
        entry = Entry(
            case_id=case.id,
            sequence=case.version,
            event=taken.event,
            from_state=taken.from_state,
            to_state=taken.to_state,
            case_type_version=case.case_type_version,
            actor=actor.id,
            on_behalf_of=actor.on_behalf_of,
            occurred_at=taken.occurred_at,
            recorded_at=recorded_at,
            fields=taken.fields,
            answers={name: case.data.get(name) for name in request.data if case.data.get(name) != before.get(name)},
            comment=request.comment,
            resource=request.resource,
            salt=secrets.token_bytes(16) if request.resource else None,
        )
        work.cases.save(case)
        work.history.add(entry)
        work.tell(*as_events(case, entry), department=case.department)
        return work.reply(as_view(case, bundle, decision, work.permissions, steps=decision))
