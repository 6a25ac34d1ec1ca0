"""Get one team."""

from services.gateway.application.ports import UnitOfWork
from services.gateway.application.teams.published import as_resource, as_view
from services.gateway.domain.errors import TeamUnknown
from shared.contracts.gateway.teams import GetTeam, TeamView


def get_team(request: GetTeam, *, unit_of_work: UnitOfWork) -> TeamView:
    """The team, if this caller may know of it."""
    with unit_of_work.reading() as work:
        team = work.teams.get(request.team_id)
        subject = as_resource(team, work.permissions.actor.id)
        work.permissions.require("get_team", subject, see="get_team", unknown=TeamUnknown)
        return as_view(team)
