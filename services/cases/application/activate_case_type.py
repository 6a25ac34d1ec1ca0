"""Activate a version of a case type."""

from services.cases.application.ports import UnitOfWork
from services.cases.application.published import as_type_events, as_type_view, type_resource
from services.cases.domain.errors import CaseTypeUnknown
from shared.clock import now
from shared.contracts.cases.rpc import ActivateCaseType, CaseTypeView


def activate_case_type(request: ActivateCaseType, *, unit_of_work: UnitOfWork) -> CaseTypeView:
    """New cases follow this version, running ones keep theirs, and the world is told; or nothing happened."""
    with unit_of_work() as work:
        work.permissions.require("activate_case_type")
        work.case_types.hold(request.key)
        versions = work.case_types.versions(request.key)
        chosen = next((found for found in versions if found[0].version == request.version), None)
        if chosen is None:
            raise CaseTypeUnknown(key=request.key, version=request.version)
        case_type, department, permissive = chosen
        decision = work.permissions.require(
            "activate_case_type", type_resource(case_type.key, department, permissive=permissive)
        )
        case_type.activate(now())
        for other, _, _ in versions:
            if other.status == "active" and other is not case_type:
                other.retire()
                work.case_types.save(other)
        work.case_types.save(case_type)
        work.tell(*as_type_events(case_type))
        return work.reply(as_type_view(case_type, decision))
