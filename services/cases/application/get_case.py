"""Get one case."""

from services.cases.application.ports import UnitOfWork
from services.cases.application.published import as_view
from services.cases.application.visibility import resource_of
from services.cases.domain.errors import CaseUnknown
from shared.contracts.cases.rpc import CaseView, GetCase


def get_case(request: GetCase, *, unit_of_work: UnitOfWork) -> CaseView:
    """The case, as this caller may see it, with the steps that they may take now."""
    with unit_of_work.reading() as work:
        case, bundle = work.cases.get(request.case_id)
        decision = work.permissions.require(
            "get_case", resource_of(case, work.permissions.actor), see="get_case", unknown=CaseUnknown
        )
        return as_view(case, bundle, decision, work.permissions)
