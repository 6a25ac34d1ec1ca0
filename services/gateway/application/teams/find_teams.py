"""Find teams by conditions, as provisioning systems do."""

from services.gateway.application.ports import UnitOfWork
from services.gateway.application.reaching import reach
from services.gateway.application.teams.published import as_resource, as_view, resource
from shared.contracts.gateway.teams import FindTeams, TeamView
from shared.contracts.paging import Counted


def find_teams(request: FindTeams, *, unit_of_work: UnitOfWork) -> Counted[TeamView]:
    """The teams for which one of the alternatives holds, of those that this caller may know of."""
    with unit_of_work.reading() as work:
        work.permissions.require("find_teams")
        among = reach(work.permissions, "get_team", resource)
        found, total = work.teams.find(request.where, among, request.start, request.limit)
        actor = work.permissions.actor
        shown = [t for t in found if work.permissions.decide("get_team", as_resource(t, actor.id)).allowed]
        return Counted[TeamView](items=tuple(as_view(team) for team in shown), total=total)
