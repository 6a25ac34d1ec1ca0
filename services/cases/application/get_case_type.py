"""Get a version of a case type."""

from services.cases.application.ports import UnitOfWork
from services.cases.application.published import as_type_view, type_resource
from services.cases.domain.errors import CaseTypeUnknown
from shared.contracts.cases.rpc import CaseTypeView, GetCaseType


def get_case_type(request: GetCaseType, *, unit_of_work: UnitOfWork) -> CaseTypeView:
    """The version asked for, or the active one, as this caller may see it."""
    with unit_of_work.reading() as work:
        work.permissions.require("get_case_type")
        case_type, department = work.case_types.get(request.key, request.version)
        resource = type_resource(case_type.key, department, active=case_type.status == "active")
        decision = work.permissions.require("get_case_type", resource, see="get_case_type", unknown=CaseTypeUnknown)
        return as_type_view(case_type, decision)
