"""Remove a team."""

from services.gateway.application.ports import UnitOfWork
from services.gateway.application.teams.published import as_resource, as_view
from services.gateway.domain.errors import TeamUnknown
from shared.clock import now
from shared.contracts.gateway.events import TeamRemoved
from shared.contracts.gateway.teams import RemoveTeam, TeamView


def remove_team(request: RemoveTeam, *, unit_of_work: UnitOfWork) -> TeamView:
    """The team is no more and nobody is in it, or nothing happened."""
    with unit_of_work() as work:
        work.require_current()
        team = work.teams.lock(request.team_id)
        subject = as_resource(team, work.permissions.actor.id)
        work.permissions.require("remove_team", subject, see="get_team", unknown=TeamUnknown)
        last_seen = as_view(team)
        team.remove(now())
        work.teams.save(team)
        told = TeamRemoved(subject=team.id, subject_version=team.version, reason=request.reason)
        work.tell(told, department=team.description.department)
        return work.reply(last_seen)
