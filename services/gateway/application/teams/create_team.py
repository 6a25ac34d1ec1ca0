"""Create a team."""

from services.gateway.application.ports import UnitOfWork
from services.gateway.application.teams.membership import check_members
from services.gateway.application.teams.published import as_created, as_view, resource
from services.gateway.domain.team import Team, TeamDescription
from shared.clock import now
from shared.contracts.gateway.teams import CreateTeam, TeamView
from shared.ids import new_id


def create_team(request: CreateTeam, *, unit_of_work: UnitOfWork) -> TeamView:
    """A team exists and the world is told, or nothing happened."""
    description = TeamDescription(
        name=request.name,
        department=request.department,
        lead=request.lead,
        members=frozenset(request.members),
        external_id=request.external_id,
    )
    at = now()
    with unit_of_work() as work:
        work.require_current()
        work.permissions.require("create_team", resource(request.department, member=False))
        check_members(work, description.members)
        team = Team(new_id(), description, created_at=at, changed_at=at)
        work.teams.add(team)
        work.tell(as_created(team), department=request.department)
        return work.reply(as_view(team))
