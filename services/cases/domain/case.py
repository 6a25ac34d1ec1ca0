"""A case: one matter of one contact, moved from state to state by the steps its case type allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.cases.domain.bundle import Bundle, Step
from services.cases.domain.errors import CaseClosed, FormFaulty, GuardUnsatisfied, RoleMissing, StepIllegal
from services.cases.domain.facts import CaseFact, Decided, Opened, StepTaken
from services.cases.domain.forms import Schemas, answered, changed
from services.cases.domain.guards import Guards
from shared.errors import Stale


@dataclass(frozen=True)
class Origin:
    """Where a case came from: its key in another system."""

    source: str
    reference: str


@dataclass
class Case:
    """One case at one version, pinned to the version of its type under which it was opened."""

    id: UUID
    reference: str
    case_type: str
    case_type_version: int
    contact_id: UUID
    state: str
    department: str
    opened_at: datetime
    recorded_at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    prefilled: tuple[str, ...] = ()
    closed: bool = False
    outcome: str | None = None
    assigned_to: UUID | None = None
    due_on: date | None = None
    closed_at: datetime | None = None
    origin: Origin | None = None
    version: int = 1
    facts: list[CaseFact] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        id: UUID,
        reference: str,
        bundle: Bundle,
        case_type_version: int,
        *,
        contact_id: UUID,
        department: str,
        known: Mapping[str, Any],
        sent: Mapping[str, Any],
        due_on: date | None,
        opened_at: datetime,
        recorded_at: datetime,
        schemas: Schemas,
        origin: Origin | None = None,
    ) -> "Case":
        """A new case, its form filled with what is `known`, where nothing else was `sent`."""
        data = answered(bundle, bundle.form, known, sent, schemas)
        prefilled = tuple(sorted(name for name in known if name not in sent))
        case = cls(
            id=id,
            reference=reference,
            case_type=bundle.key,
            case_type_version=case_type_version,
            contact_id=contact_id,
            state=bundle.initial,
            department=department,
            opened_at=opened_at,
            recorded_at=recorded_at,
            data=data,
            prefilled=prefilled,
            due_on=due_on,
            origin=origin,
        )
        case.facts.append(Opened(prefilled, bundle.opened_template, opened_at))
        return case

    def take(
        self,
        event: str,
        bundle: Bundle,
        *,
        version: int,
        roles: frozenset[str],
        sent: Mapping[str, Any],
        comment: str | None,
        occurred_at: datetime,
        guards: Guards,
        schemas: Schemas,
    ) -> StepTaken:
        """Take one step, or raise the one reason why not; a refused step changes nothing."""
        if version != self.version:
            raise Stale(current_version=self.version)
        step = self._legal(event, bundle)
        if not roles.intersection(step.roles):
            raise RoleMissing(event=event, roles=list(step.roles))
        if step.comment_required and not (comment or "").strip():
            raise FormFaulty(errors=[{"pointer": "/comment", "detail": "is asked for and missing"}])
        data = answered(bundle, step.fields, self.data, sent, schemas)
        facts = {"data": data, "state": self.state, "event": event}
        if step.guard is not None and not guards.holds(step.guard, facts):
            raise GuardUnsatisfied(event=event, guard=step.guard)
        target = next(t.to for t in step.targets if t.when is None or guards.holds(t.when, facts))
        taken = StepTaken(event, self.state, target, changed(bundle, self.data, data), occurred_at)
        self._become(step, target, data, taken, bundle)
        return taken

    def _legal(self, event: str, bundle: Bundle) -> Step:
        if self.closed:
            raise CaseClosed(state=self.state)
        step = bundle.step(event)
        if step is None or self.state not in step.sources:
            legal = [step.key for step in bundle.legal_from(self.state)]
            raise StepIllegal(state=self.state, legal=legal)
        return step

    def _become(self, step: Step, target: str, data: dict[str, Any], taken: StepTaken, bundle: Bundle) -> None:
        self.state, self.data = target, data
        self.version += 1
        self.facts.append(taken)
        if step.outcome is not None:
            self.outcome = step.outcome
            self.facts.append(Decided(step.key, step.outcome, step.template, taken.occurred_at))
        if bundle.state(target).final:
            self.closed, self.closed_at = True, taken.occurred_at
