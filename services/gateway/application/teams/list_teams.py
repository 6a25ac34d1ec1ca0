"""List the teams."""

from services.gateway.application.ports import UnitOfWork
from services.gateway.application.reaching import reach
from services.gateway.application.teams.published import as_resource, as_view, resource
from shared.contracts.gateway.teams import ListTeams, TeamView
from shared.contracts.paging import Page


def list_teams(request: ListTeams, *, unit_of_work: UnitOfWork) -> Page[TeamView]:
    """The teams that this caller may know of: exactly those that `get_team` would answer with."""
    with unit_of_work.reading() as work:
        work.permissions.require("list_teams")
        among = reach(work.permissions, "get_team", resource)
        found, following = work.teams.page(request.department, request.member, among, request.limit, request.cursor)
        actor = work.permissions.actor
        shown = [t for t in found if work.permissions.decide("get_team", as_resource(t, actor.id)).allowed]
        return Page[TeamView](items=tuple(as_view(team) for team in shown), next=following)
