"""List the case types."""

from services.cases.application.ports import UnitOfWork
from services.cases.application.published import as_type_view, type_resource
from shared.contracts.cases.rpc import CaseTypeView, ListCaseTypes
from shared.contracts.paging import Page


def list_case_types(request: ListCaseTypes, *, unit_of_work: UnitOfWork) -> Page[CaseTypeView]:
    """The versions that this caller may know of, by key and version, without their texts."""
    with unit_of_work.reading() as work:
        permissions = work.permissions
        permissions.require("list_case_types")
        decided = {
            active: permissions.decide("list_case_types", type_resource("any", "", active=active))
            for active in (True, False)
        }
        found, following = work.case_types.page(request.limit, request.cursor, active=not decided[False].allowed)
        seen = ((one, decided[one.status == "active"]) for one in found)
        return Page[CaseTypeView](
            items=tuple(as_type_view(one, decision) for one, decision in seen if decision.allowed), next=following
        )
