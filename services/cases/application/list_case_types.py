"""List the case types."""

from services.cases.application.ports import UnitOfWork
from services.cases.application.published import as_type_view
from shared.contracts.cases.rpc import CaseTypeView, ListCaseTypes
from shared.contracts.paging import Page


def list_case_types(request: ListCaseTypes, *, unit_of_work: UnitOfWork) -> Page[CaseTypeView]:
    """Every version by key and version, without its text."""
    with unit_of_work.reading() as work:
        decision = work.permissions.require("list_case_types")
        found, following = work.case_types.page(request.limit, request.cursor)
        return Page[CaseTypeView](items=tuple(as_type_view(one, decision) for one in found), next=following)
