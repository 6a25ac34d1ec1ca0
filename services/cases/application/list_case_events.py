"""List what was done on a case."""

from services.cases.application.ports import UnitOfWork
from services.cases.application.published import as_entry_view
from services.cases.application.visibility import resource_of
from services.cases.domain.errors import CaseUnknown
from shared.contracts.cases.rpc import CaseEventView, ListCaseEvents
from shared.contracts.paging import Page


def list_case_events(request: ListCaseEvents, *, unit_of_work: UnitOfWork) -> Page[CaseEventView]:
    """The history of a case in the order it was recorded, as this caller may see it."""
    with unit_of_work.reading() as work:
        case, bundle = work.cases.get(request.case_id)
        decision = work.permissions.require(
            "list_case_events", resource_of(case, work.permissions.actor), see="get_case", unknown=CaseUnknown
        )
        found, following = work.history.of(case.id, request.limit, request.cursor)
        return Page[CaseEventView](
            items=tuple(as_entry_view(entry, bundle, decision) for entry in found), next=following
        )
