"""Add a version of a case type."""

from services.cases.application.examining import examine
from services.cases.application.ports import Rulebook, UnitOfWork
from services.cases.application.published import as_type_events, as_type_view, type_resource
from services.cases.domain.case_type import CaseType, digest_of
from services.cases.domain.errors import BundleKnown, BundleMisplaced
from shared.clock import now
from shared.contracts.cases.rpc import AddCaseType, CaseTypeView
from shared.ids import new_id


def add_case_type(request: AddCaseType, *, unit_of_work: UnitOfWork, rulebook: Rulebook) -> CaseTypeView:
    """A draft version without a fault is stored and the world is told, or nothing happened."""
    with unit_of_work() as work:
        work.permissions.require("add_case_type")
        bundle = examine(request.bundle, rulebook)
        actor = work.permissions.actor
        department = bundle.department or actor.department
        decision = work.permissions.require(
            "add_case_type", type_resource(bundle.key, department, permissive=bundle.permissive)
        )
        work.case_types.hold(bundle.key)
        before = work.case_types.versions(bundle.key)
        for other, owner, permissive in before:
            if owner != department or permissive != bundle.permissive:
                raise BundleMisplaced(key=bundle.key)
            if other.digest == digest_of(request.bundle):
                raise BundleKnown(key=bundle.key, version=other.version)
        version = before[0][0].version + 1 if before else 1
        case_type = CaseType.add(
            new_id(), key=bundle.key, version=version, title=bundle.title, text=request.bundle, at=now()
        )
        work.case_types.add(case_type, bundle, department, actor.id)
        work.tell(*as_type_events(case_type))
        return work.reply(as_type_view(case_type, decision))
