"""Several assignments, each as the caller may see it."""

from collections.abc import Sequence
from datetime import datetime

from services.gateway.application.assignments.published import as_resource, as_view
from services.gateway.application.ports import Work
from services.gateway.domain.assignment import Assignment
from shared.contracts.gateway.assignments import AssignmentView


def seen(work: Work, found: Sequence[Assignment], at: datetime) -> tuple[AssignmentView, ...]:
    """Each that `get_assignment` would show, masked as it would mask."""
    actor = work.permissions.actor
    decided = ((one, work.permissions.decide("get_assignment", as_resource(one, actor))) for one in found)
    return tuple(as_view(one, at, decision) for one, decision in decided if decision.allowed)
