"""Amend a team."""

from typing import Any

from services.gateway.application.ports import UnitOfWork
from services.gateway.application.teams.membership import check_members
from services.gateway.application.teams.published import as_changed, as_resource, as_view, resource
from services.gateway.domain.errors import Contradictory, TeamUnknown
from shared.clock import now
from shared.contracts.gateway.teams import AmendTeam, TeamView


def amend_team(request: AmendTeam, *, unit_of_work: UnitOfWork) -> TeamView:
    """The team is as asked and nobody's change was overwritten, or nothing happened."""
    changes = _changes(request)
    at = now()
    with unit_of_work() as work:
        work.require_current()
        team = work.teams.lock(request.team_id)
        subject = as_resource(team, work.permissions.actor.id)
        work.permissions.require("amend_team", subject, see="get_team", unknown=TeamUnknown)
        if request.department is not None:
            work.permissions.require("amend_team", resource(request.department, member=False))
        before = team.description.members
        if request.members is not None:
            changes["members"] = frozenset(request.members)
        elif request.add or request.drop:
            changes["members"] = (before | set(request.add)) - set(request.drop)
        if "members" in changes and team.description.lead not in changes["members"]:
            changes.setdefault("lead", None)  # whoever led it and is gone leads it no more
        check_members(work, changes.get("members", before) - before)
        changed = team.amend(request.version, at, **changes)
        work.teams.save(team)
        work.tell(as_changed(team, changed), department=team.description.department)
        return work.reply(as_view(team))


def _changes(request: AmendTeam) -> dict[str, Any]:
    named = ("name", "department", "lead", "external_id")
    changes: dict[str, Any] = {name: value for name in named if (value := getattr(request, name)) is not None}
    if both := [name for name in request.remove if name in changes]:
        raise Contradictory(errors=[{"pointer": f"/{name}", "detail": "is removed as well"} for name in both])
    if request.members is not None and (request.add or request.drop):
        raise Contradictory(errors=[{"pointer": "/members", "detail": "is replaced or adjusted, not both"}])
    return changes | dict.fromkeys(request.remove)
