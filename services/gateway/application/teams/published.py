"""How teams look from outside: views for callers, events for subscribers, resources for policies."""

from uuid import UUID

from services.gateway.domain.team import Changed, Team
from shared.authz.model import Resource
from shared.contracts.gateway.events import TeamChanged, TeamCreated
from shared.contracts.gateway.teams import TeamView


def as_resource(team: Team, actor_id: UUID) -> Resource:
    """A team, as policies see it when this actor asks."""
    return resource(team.description.department, member=actor_id in team.description.members, id=str(team.id))


def resource(department: str, member: bool, id: str = "any") -> Resource:
    """Some team of a department, with or without the one who asks."""
    return Resource("Team", id, department, {"member": member})


def as_view(team: Team) -> TeamView:
    """A team."""
    said = team.description
    return TeamView(
        id=team.id,
        name=said.name,
        department=said.department,
        lead=said.lead,
        members=tuple(sorted(said.members)),
        external_id=said.external_id,
        version=team.version,
        created_at=team.created_at,
        changed_at=team.changed_at,
    )


def as_created(team: Team) -> TeamCreated:
    """That there is one."""
    said = team.description
    return TeamCreated(subject=team.id, subject_version=1, lead=said.lead, members=tuple(sorted(said.members)))


def as_changed(team: Team, changed: Changed) -> TeamChanged:
    """What changed about it."""
    return TeamChanged(
        subject=team.id,
        subject_version=team.version,
        fields=changed.fields,
        lead=team.description.lead,
        came=changed.came,
        went=changed.went,
    )
