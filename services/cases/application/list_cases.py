"""List the cases."""

from services.cases.application.ports import Terms, UnitOfWork
from services.cases.application.published import as_summary
from services.cases.application.visibility import resource_of, sight_of
from services.cases.domain.errors import TermHidden
from shared.contracts.cases.rpc import CaseSummary, ListCases
from shared.contracts.paging import Page


def list_cases(request: ListCases, *, unit_of_work: UnitOfWork) -> Page[CaseSummary]:
    """The cases asked for that this caller may know of: exactly those that `get_case` would answer with."""
    terms = Terms(
        contact_id=request.contact_id,
        case_type=request.case_type,
        state=request.state,
        assigned_to=request.assigned_to,
        open=request.open,
    )
    with unit_of_work.reading() as work:
        permissions = work.permissions
        permissions.knock("list_cases")
        sight = sight_of(permissions)
        asked = () if terms.contact_id is None else ("contact_id",)
        reach = sight.reach(showing=asked)  # a match would tell what a mask hides
        if asked and reach.nothing and not sight.reach().nothing:
            raise TermHidden(term="contact_id")
        found, following = work.cases.find(terms, reach, request.limit, request.cursor)
        seen = ((case, sight.of(resource_of(case, permissions.actor))) for case in found)
        return Page[CaseSummary](
            items=tuple(as_summary(case, decision) for case, decision in seen if decision.allowed), next=following
        )
