"""Say which cases somebody may see."""

from services.cases.application.ports import UnitOfWork
from services.cases.application.visibility import resource_of
from shared.contracts.cases.rpc import SeeCases
from shared.contracts.sights import Sights


def see_cases(request: SeeCases, *, unit_of_work: UnitOfWork) -> Sights:
    """Of the cases asked about, exactly those that `get_case` would answer with."""
    with unit_of_work.reading() as work:
        permissions = work.permissions
        seen = (
            case.id
            for case in work.cases.among(request.ids)
            if permissions.decide("get_case", resource_of(case, permissions.actor)).allowed
        )
        return Sights(visible=tuple(seen))
